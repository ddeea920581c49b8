// Which backend is used, what is said about it, and that a backend that computes wrongly is not used.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { backendNames } from '../../../src/core/device-report.ts';
import type { BackendName } from '../../../src/core/device-report.ts';
import { webGlBackend } from '../../../src/engine/backend/webgl-internals.ts';
import { registerKernels } from '../../../src/engine/kernels/register.ts';
import { parseBackendChoice, startEngine } from '../../../src/engine/start.ts';
import { tf } from '../../../src/engine/tf.ts';

/** Replaces a kernel until the returned function is called. */
function breakKernel(
  name: string,
  backend: BackendName,
  change: (call: Parameters<Kernel>[0], stock: Kernel) => ReturnType<Kernel>,
): () => void {
  const stock = tf.getKernel(name, backend);
  const register = (kernelFunc: Kernel): void => {
    tf.unregisterKernel(name, backend);
    tf.registerKernel({ ...stock, kernelFunc });
  };
  register((call) => change(call, stock.kernelFunc));
  return () => register(stock.kernelFunc);
}
type Kernel = ReturnType<typeof tf.getKernel>['kernelFunc'];

/** relu's derivative is not 0 for negative inputs: gradients come out plausible and wrong. On WebGPU a kernel of ours takes it. */
const wrongStep = (backend: BackendName, alpha = 1): (() => void) => {
  if (backend !== 'webgpu') return breakKernel('Step', backend, (call, stock) => stock({ ...call, attrs: { alpha } }));
  registerKernels();
  return breakKernel('ReluGradient', backend, (call, stock) => stock({ ...call, inputs: { ...call.inputs, x: call.inputs['dy'] } }));
};

afterEach(() => vi.restoreAllMocks());

describe('the start', () => {
  it.each(backendNames)('passes its own self-test on %s', async (backend) => {
    const { report } = await startEngine({ backend, selfTest: 'run' });
    console.info(backend, JSON.stringify(report.selfTest));
    expect(report.selfTest?.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.selfTest?.checks.map(({ name }) => name)).toEqual(['internals', 'f16', 'gradients']);
    expect(report).toMatchObject({ backend, fallbacks: [], selfTest: { passed: true } });
  });

  it('takes WebGPU where there is one', async () => {
    expect((await startEngine()).report).toMatchObject({ backend: 'webgpu', fallbacks: [] });
  });

  it('falls back to WebGL where no adapter is found, and says so', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    const { report } = await startEngine();
    expect(report).toMatchObject({ backend: 'webgl', f16: 'simulated' });
    expect(report.notes[0]).toBe('WebGPU is not used: WebGPU found no adapter.');
    expect(report.notes.join(' ')).toContain('simulated');
    expect(report.fallbacks).toEqual([{ backend: 'webgpu', reason: report.notes[0], selfTest: null }]);
  });

  it('falls back where the adapter refuses a device', async () => {
    vi.spyOn(GPUAdapter.prototype, 'requestDevice').mockRejectedValue(new Error('too many devices'));
    const { report } = await startEngine();
    expect(report.backend).toBe('webgl');
    expect(report.notes[0]).toContain('too many devices');
  });

  it('falls back to the CPU where WebGL cannot be had either', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockRejectedValue(new Error('GPU access is disabled'));
    vi.spyOn(OffscreenCanvas.prototype, 'getContext').mockReturnValue(null);
    const { report } = await startEngine();
    expect(report).toMatchObject({ backend: 'cpu', f16: 'simulated' });
    expect(report.fallbacks.map(({ backend }) => backend)).toEqual(['webgpu', 'webgl']);
    expect(report.notes[0]).toContain('GPU access is disabled');
    expect(report.notes[1]).toBe('WebGL is not used: this browser has no WebGL 2 in workers.');
  });

  it('refuses a backend asked for by name that cannot be had, rather than taking another', async () => {
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    await expect(startEngine({ backend: 'webgpu' })).rejects.toMatchObject({ code: 'device-unavailable' });
    expect(() => parseBackendChoice('metal')).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  it('does not use a WebGPU whose gradients are wrong: it is shown, and WebGL trains', async () => {
    const repair = wrongStep('webgpu');
    try {
      const { report } = await startEngine({ selfTest: 'run' });
      expect(report).toMatchObject({ backend: 'webgl', selfTest: { passed: true } });
      expect(report.notes[0]).toMatch(/^WebGPU with \w+ f16 failed its self-test \(gradients: .*differ/);
      const [fallback] = report.fallbacks;
      expect(fallback?.selfTest?.checks.find(({ name }) => name === 'gradients')?.passed).toBe(false);
      expect(fallback?.selfTest?.checks.find(({ name }) => name === 'f16')?.passed).toBe(true);
      expect(tf.getBackend()).toBe('webgl');
    } finally {
      repair();
    }
  });

  it('uses a failing backend that was asked for by name, and says that it fails', async () => {
    const repair = wrongStep('webgpu');
    try {
      const { report } = await startEngine({ backend: 'webgpu', selfTest: 'run' });
      expect(report).toMatchObject({ backend: 'webgpu', selfTest: { passed: false } });
      expect(report.notes[0]).toContain('failed its self-test');
    } finally {
      repair();
    }
  });

  it('goes without any device where every backend is wrong', async () => {
    const repairs = [wrongStep('webgpu'), wrongStep('webgl'), wrongStep('cpu', 0.5)]; // the CPU is wrong in another way
    try {
      const outcome = startEngine({ selfTest: 'run' }).then(({ report }) => report.backend);
      await expect(outcome).rejects.toMatchObject({ code: 'device-unavailable' });
    } finally {
      for (const repair of repairs) repair();
    }
  });

  it('takes over what another replica found out, without testing again', async () => {
    const repair = wrongStep('webgpu');
    const first = await startEngine({ selfTest: 'run' }).finally(repair);
    const { report } = await startEngine({ selfTest: first.report }); // WebGPU would pass now
    expect(report).toEqual(first.report);
  });

  it('tests the backend it falls back to, where another replica had a better one', async () => {
    const first = await startEngine({ selfTest: 'run' });
    vi.spyOn(navigator.gpu, 'requestAdapter').mockResolvedValue(null);
    const { report } = await startEngine({ selfTest: first.report });
    expect(report).toMatchObject({ backend: 'webgl', selfTest: { passed: true } });
    expect(report.selfTest).not.toEqual(first.report.selfTest);
  });

  it('tells that a destroyed device is lost', async () => {
    const engine = await startEngine({ backend: 'webgpu' });
    engine.device?.destroy();
    expect(await engine.lost).toMatchObject({ code: 'device-lost' });
    await expect(engine.check()).rejects.toMatchObject({ code: 'device-lost' });
  });

  it('tells that a lost WebGL context is lost', async () => {
    const engine = await startEngine({ backend: 'webgl' });
    await engine.sync();
    webGlBackend().gpgpu.gl.getExtension('WEBGL_lose_context')?.loseContext();
    expect(await engine.lost).toMatchObject({ code: 'device-lost' });
    await expect(engine.check()).rejects.toMatchObject({ code: 'device-lost' });
    await expect(engine.sync()).rejects.toMatchObject({ code: 'device-lost' });
  });
});
