// What is known about the adapter a replica runs on, and how GPU memory is counted. Plain data: it crosses the worker boundary and
// stands in results.json. It lives in core because engine/ produces it and train/, runner/ and state/ pass it on.

/** How fp16 is done on this adapter; see STYLE.md's table of words. */
export type F16Kind = 'native' | 'packed' | 'simulated';

/** The adapter and device a replica runs on. */
export interface DeviceReport {
  readonly backend: 'webgpu' | 'webgl' | 'cpu';
  readonly adapter: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string };
  /** What an fp16 lane gets here. */
  readonly f16: F16Kind;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Plain sentences about what fell back and why; empty where nothing did. */
  readonly notes: readonly string[];
}

/** Bytes of GPU buffers, counted where they are created and destroyed. */
export interface GpuBytes {
  /** The model's variables. */
  readonly weights: number;
  /** Optimizer slots. */
  readonly optimizer: number;
  /** Activations, gradients and temporaries: the most a step held beyond weights, optimizer and data. */
  readonly graph: number;
  /** The most that was held at any time. */
  readonly peak: number;
}
