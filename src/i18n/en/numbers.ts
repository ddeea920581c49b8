// What the formats make of a number.

/** In English. */
export const numbersMessages = {
  'numbers.value': 'A number',
  'numbers.valueHint': 'Such as 0.1, 65520, 6e-8, 2^-24, -0, Infinity or NaN',
  'numbers.invalid': 'Expected a number, such as 0.1, 6e-8 or 2^-24.',
  'numbers.added': 'and what is added to it',
  'numbers.try': 'Try',
  'numbers.format': 'Format',
  'numbers.bits': 'Sign, exponent, fraction',
  'numbers.stored': 'Stored',
  'numbers.error': 'Error',
  'numbers.relative': 'relative',
  'numbers.spacing': 'To the next number',
  'numbers.sum': 'Sum',
  'numbers.kind.zero': 'zero',
  'numbers.kind.subnormal': 'subnormal',
  'numbers.kind.normal': 'normal',
  'numbers.kind.infinite': 'infinity',
  'numbers.kind.nan': 'not a number',
  'numbers.lost': 'lost to zero',
  'numbers.overflow': 'overflow',
  'numbers.exact': 'exact',
  'numbers.unchanged': 'unchanged: the addition is lost',
  'numbers.range': 'Finite up to {largest}; normal from {normal}, anything at all from {smallest}.',
  'numbers.how':
    'Numbers are rounded to f32 first, as a GPU holds them, then to nearest, ties to even. A lane’s fp16 tensors are rounded like this, and those of a bf16 lane, which stay in 32 bits.',
} as const;
