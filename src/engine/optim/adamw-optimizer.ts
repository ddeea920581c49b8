// AdamW, which tfjs lacks: its Adam with weight decay that acts on the weight itself (Loshchilov and Hutter, 2019; torch.optim.AdamW).
// What it does is the rule `adamW` (rules/adam.ts), found by the field `weightDecay`.

import { tf } from '../tf.ts';

/** `weightDecay` λ: every step takes learning rate · λ of the weight off it, all weights alike, biases included. */
export class AdamWOptimizer extends tf.AdamOptimizer {
  protected readonly weightDecay: number;

  constructor(learningRate: number, beta1: number, beta2: number, epsilon: number, weightDecay: number) {
    super(learningRate, beta1, beta2, epsilon);
    this.weightDecay = weightDecay;
  }

  static override get className(): string {
    return 'AdamW';
  }

  override getConfig(): ReturnType<tf.AdamOptimizer['getConfig']> {
    return { ...super.getConfig(), weightDecay: this.weightDecay };
  }
}
