// The engine on tfjs's WebGL backend, for browsers that have no WebGPU: WebGL 2 on a canvas that is never shown, with 32-bit float textures
// that can be rendered to and read back. Anything less would compute in 16 bits without saying so, and is refused. f16 is simulated.

import type { DeviceReport } from '../core/device-report.ts';
import { PlaygroundError } from '../core/errors.ts';
import { webGlBackend } from './backend/webgl-internals.ts';
import { activate, refusePromise, unavailable } from './engine.ts';
import type { StartedEngine } from './engine.ts';
import { keepInF16 } from './f16/kept-in-f16.ts';
import { simulatedF16On } from './f16/simulated-f16.ts';
import { tf } from './tf.ts';

/** Starts WebGL. Throws `device-unavailable` where this worker has no WebGL 2 in full float, `internal` where tfjs lacks a member we use. */
export async function startWebGl(): Promise<StartedEngine> {
  requireFloatTextures();
  // Small tensors would otherwise be computed on the CPU, and rounding would depend on their size.
  tf.env().set('WEBGL_CPU_FORWARD', false);
  await activate('webgl');
  const { gpgpu } = webGlBackend();
  const gl = gpgpu.gl;
  const f16 = simulatedF16On('webgl');
  let lostError: PlaygroundError | null = null;
  const lost = new Promise<PlaygroundError>((resolve) => {
    gl.canvas.addEventListener('webglcontextlost', () => {
      lostError = contextLost();
      resolve(lostError);
    });
  });
  const check = (): Promise<void> => {
    if (lostError === null && gl.isContextLost()) lostError = contextLost();
    return lostError === null ? Promise.resolve() : Promise.reject(lostError);
  };
  return {
    tf,
    backend: null,
    device: null,
    ledger: null,
    report: contextReport(gl),
    lost,
    autocast: (run, pass = 'f16') => f16.during(pass, () => refusePromise(run())),
    fullPrecision: (run) => f16.during('f32', () => refusePromise(run())),
    toF16: (tensor) => f16.toF16(tensor),
    isF16: (tensor) => f16.isF16(tensor),
    keepInF16: (variable) => keepInF16(f16, variable),
    sync: async () => {
      await check();
      await Promise.race([gpgpu.createAndWaitForFence(), lost]);
      await check();
    },
    check,
    dispose: () => undefined, // tfjs keeps one context per worker and gives it to the next backend
  };
}

/** Asked without tfjs first: where there is no WebGL 2, its own search prints errors and looks for a document. */
function requireFloatTextures(): void {
  const hasWebGl2 = typeof OffscreenCanvas !== 'undefined' && new OffscreenCanvas(1, 1).getContext('webgl2') !== null;
  if (!hasWebGl2 || tf.env().getNumber('WEBGL_VERSION') !== 2) throw unavailable('this browser has no WebGL 2 in workers', 'Use the CPU.');
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE') || !tf.env().getBool('WEBGL_DOWNLOAD_FLOAT_ENABLED'))
    throw unavailable('WebGL cannot render to and read 32-bit floats here', 'Use the CPU.');
}

function contextReport(gl: WebGL2RenderingContext): StartedEngine['report'] {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const adapter: DeviceReport['adapter'] = {
    vendor: names === null ? '' : String(gl.getParameter(names.UNMASKED_VENDOR_WEBGL)),
    architecture: '',
    device: '',
    description: names === null ? '' : String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)),
  };
  return {
    backend: 'webgl',
    adapter,
    f16: 'simulated',
    f16Rounding: 'integer',
    features: (gl.getSupportedExtensions() ?? []).filter((name) => name.includes('float') || name.includes('half')).sort(),
    limits: {
      maxTextureSize: Number(gl.getParameter(gl.MAX_TEXTURE_SIZE)),
      maxTextureImageUnits: Number(gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS)),
    },
    notes: [
      'fp16 is simulated: values are rounded to what 16 bits hold, in f32. It says nothing about the speed or memory of fp16.',
      'WebGL does not say what memory its textures take: memory is not counted here.',
    ],
  };
}

function contextLost(): PlaygroundError {
  return new PlaygroundError(
    'device-lost',
    'WebGL: expected the context to stay, got lost: the driver was reset or memory ran out. Run again; if it repeats, use a smaller batch or model.',
  );
}
