#!/bin/sh
# The step, overhead and precision benchmarks on a machine with a real GPU, which needs neither a browser nor a network for it.
#
#   bench/on-gpu.sh pack [FILE]      packs Node, Dawn and the bundled benchmarks into one archive for this platform (lockstep-on-gpu.tar.gz)
#   bench/on-gpu.sh run [OPTIONS]    runs them here; OPTIONS: --repeats N, --only MODEL,…, --json FILE
#
# On the other machine: tar xzf lockstep-on-gpu.tar.gz && ./lockstep-on-gpu/run.sh [OPTIONS]
# Dawn takes the GPU that Vulkan (Metal, D3D12) offers it; VK_ICD_FILENAMES chooses another driver.
set -eu

bench=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$bench")
bundle="$root/.cache/bench-node"

build() {
  (cd "$root" && node scripts/ts.mjs bench/training-step/build-node.ts)
}

case "${1:-}" in
  run)
    shift
    build
    exec node "$bundle/on-gpu.mjs" "$bench/node_modules/webgpu/index.js" "$@"
    ;;
  pack)
    build
    archive=$(realpath -m "${2:-lockstep-on-gpu.tar.gz}")
    staging=$(mktemp -d)
    trap 'rm -rf "$staging"' EXIT
    pack="$staging/lockstep-on-gpu"
    platform=$(node -p 'process.platform + "-" + (process.platform === "darwin" ? "universal" : process.arch)')
    mkdir -p "$pack/webgpu/dist"
    cp "$bundle"/*.mjs "$pack/"
    cp "$bench/node_modules/webgpu/index.js" "$bench/node_modules/webgpu/package.json" "$bench/node_modules/webgpu/LICENSE.md" "$pack/webgpu/"
    cp -r "$bench/node_modules/webgpu/dist/$platform" "$pack/webgpu/dist/"
    cp "$(node -p process.execPath)" "$pack/node"
    cat >"$pack/run.sh" <<'RUN'
#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/node" "$here/on-gpu.mjs" "$here/webgpu/index.js" "$@"
RUN
    chmod +x "$pack/run.sh" "$pack/node"
    tar czf "$archive" -C "$staging" lockstep-on-gpu
    echo "$archive: $(du -m "$archive" | cut -f1) MB. On the other machine: tar xzf it and run ./lockstep-on-gpu/run.sh"
    ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
