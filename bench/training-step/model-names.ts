// The models that are trained to be timed, and what their matrix products cost, in closed form.

export const modelNames = ['tiny', 'mlp', 'cnn', 'wide', 'lstm', 'transformer'] as const;
export type ModelName = (typeof modelNames)[number];

/** The models that `--only` names, separated by commas; all of them for null. Throws where it names another. */
export function chosenModels(only: string | null): readonly ModelName[] {
  if (only === null) return modelNames;
  return only.split(',').map((given) => {
    const name = modelNames.find((known) => known === given);
    if (name === undefined) throw new Error(`--only: expected some of ${modelNames.join(', ')}, got ${given}.`);
    return name;
  });
}

/** A matrix product of the pass forward, (m, k) by (k, n), `count` times. A convolution is one over its patches. */
interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly count?: number;
  /** True where its left input is data, which needs no gradient. */
  readonly isFirst?: boolean;
}

const perceptron = (m: number, widths: readonly number[]): Product[] =>
  widths.slice(1).map((n, layer) => ({ m, k: widths[layer] ?? 0, n, isFirst: layer === 0 }));

const products: Readonly<Record<ModelName, readonly Product[]>> = {
  tiny: perceptron(64, [16, 32, 32, 4]),
  mlp: perceptron(128, [784, 256, 128, 10]),
  wide: perceptron(128, [784, 1024, 1024, 12]),
  cnn: [
    { m: 32 * 28 * 28, k: 9, n: 16, isFirst: true },
    { m: 32 * 14 * 14, k: 9 * 16, n: 32 },
    { m: 32, k: 7 * 7 * 32, n: 64 },
    { m: 32, k: 64, n: 10 },
  ],
  lstm: [
    { m: 32, k: 16, n: 4 * 32, count: 8, isFirst: true },
    { m: 32, k: 32, n: 4 * 32, count: 8 },
    { m: 32, k: 32, n: 10 },
  ],
  transformer: [
    { m: 8 * 16, k: 64, n: 3 * 64, count: 2 },
    { m: 16, k: 16, n: 16, count: 2 * 2 * 8 * 4 }, // scores, and what they mix: in each of 2 blocks, for 8 sequences and 4 heads
    { m: 8 * 16, k: 64, n: 64, count: 2 },
    { m: 8 * 16, k: 64, n: 4 * 64, count: 2 },
    { m: 8 * 16, k: 4 * 64, n: 64, count: 2 },
    { m: 8 * 16, k: 64, n: 32 },
  ],
};

/** Floating-point operations of the matrix products and convolutions of a training step: two per multiplication, three products per layer. */
export function matrixFlop(model: ModelName): number {
  return products[model].reduce((sum, { m, k, n, count = 1, isFirst = false }) => sum + 2 * m * k * n * count * (isFirst ? 2 : 3), 0);
}
