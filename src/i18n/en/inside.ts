// Inside a step.

/** In English. */
export const insideMessages = {
  'inside.weight': 'Weight',
  'inside.slow': 'slow motion',
  'inside.lane': 'Lane',
  'inside.heading': '{lane}, step {step}: {weight}',
  'inside.forward': 'Forward',
  'inside.gradient': 'Gradient',
  'inside.allReduce': 'All-reduce',
  'inside.update': 'Update',
  'inside.forwardHint': 'What the layer of this weight gives for this rank’s share of the batch',
  'inside.gradientHint': 'The gradient of the loss, from this rank’s share of the batch alone',
  'inside.allReduceHint': 'The mean of the gradients over all ranks',
  'inside.updateHint': 'How far the optimizer moved the weight',
  'inside.rank': 'rank {rank}',
  'inside.allRanks': 'the same on all {count} ranks',
  'inside.oneRank': 'One rank: there is nothing to average.',
  'inside.waiting': 'not yet',
  'inside.values': 'Values, {shape}',
  'inside.moments': 'mean {mean}, σ {deviation}',
  'inside.zeros': '{share} zero',
  'inside.nonFinite': '{count} not finite',
  'inside.histogram': 'Histogram from {from} to {to}',
  'inside.empty': 'Press Step: the run takes one step and shows what happened inside it.',
  'inside.program': 'This program runs its own loop; only an experiment’s steps can be looked into.',
  'inside.note':
    'Values are read back and never changed, so the result stays the same bit for bit. Time spent looking is not counted as training. A cell of a large tensor shows its value of largest magnitude.',
} as const;
