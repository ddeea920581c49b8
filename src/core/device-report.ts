// What is known about the adapter a replica runs on, and how GPU memory is counted. Plain data: it crosses the worker boundary and
// stands in results.json. It lives in core because engine/ produces it and train/, runner/ and state/ pass it on.

/** How fp16 is done here: the hardware's type; real 16-bit storage with f32 arithmetic; or values rounded to what 16 bits hold, in f32. */
export type F16Kind = 'native' | 'packed' | 'simulated';

/** Who rounds an f32 to f16 where it is stored: the device's own conversion, or arithmetic on integers. The results are the same. */
export type F16Rounding = 'hardware' | 'integer';

/** What computes, best first: this is also the order in which they are tried. */
export const backendNames = ['webgpu', 'webgl', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** One question of the start-up self-test. */
export interface SelfTestCheck {
  /** `internals`: the members of tfjs that the engine relies on; `gradients`: of a small net; `f16`: known answers through f16 storage. */
  readonly name: 'internals' | 'gradients' | 'f16';
  readonly passed: boolean;
  /** What was found, as a sentence. */
  readonly detail: string;
}

/** The start-up self-test of one backend. */
export interface SelfTest {
  readonly passed: boolean;
  readonly ms: number;
  readonly checks: readonly SelfTestCheck[];
}

/** A backend that would have been better and is not used. */
export interface Fallback {
  readonly backend: BackendName;
  /** Why, as a sentence. */
  readonly reason: string;
  /** The self-test it failed; null where it could not even be started. */
  readonly selfTest: SelfTest | null;
}

/** The adapter and device a replica runs on. */
export interface DeviceReport {
  readonly backend: BackendName;
  readonly adapter: { readonly vendor: string; readonly architecture: string; readonly device: string; readonly description: string };
  /** What an fp16 lane gets here. */
  readonly f16: F16Kind;
  readonly f16Rounding: F16Rounding;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  /** Plain sentences about what fell back, why, and what is lost by it; empty where nothing did. */
  readonly notes: readonly string[];
  /** The better backends that were tried before this one, in that order. */
  readonly fallbacks: readonly Fallback[];
  /** Of this backend, run by the first replica of the page; null where nobody asked for it. */
  readonly selfTest: SelfTest | null;
}

/** What a step's own bytes, and its input, are made of at the moment when it held the most. */
export interface GpuParts {
  /** The batch, and the training set where it lies on the device. */
  readonly data: number;
  /** Of weights, as far as they were there. */
  readonly gradients: number;
  /** f16 copies of f32 weights. */
  readonly weightCopies: number;
  /** Activations and temporaries: the rest of `graph`. */
  readonly activations: number;
}

/** Bytes of GPU buffers, counted where they are created and destroyed. */
export interface GpuBytes {
  /** The model's variables. */
  readonly weights: number;
  /** Optimizer slots. */
  readonly optimizer: number;
  /** Activations, gradients and temporaries: the most a step held beyond weights, optimizer and data. */
  readonly graph: number;
  /** `graph`, taken apart, and the input; absent where the loop is the program's own, and in older results. */
  readonly parts?: GpuParts;
  /** The most that was held at any time. */
  readonly peak: number;
}
