// 各种格式如何存储一个数。

import type { numbersMessages as english } from '../en/numbers.ts';

/** 简体中文。 */
export const numbersMessages: Readonly<Record<keyof typeof english, string>> = {
  'numbers.value': '一个数',
  'numbers.valueHint': '例如 0.1、65520、6e-8、2^-24、-0、Infinity 或 NaN',
  'numbers.invalid': '应为一个数，例如 0.1、6e-8 或 2^-24。',
  'numbers.added': '以及加到它上面的数',
  'numbers.try': '试试',
  'numbers.format': '格式',
  'numbers.bits': '符号、指数、尾数',
  'numbers.stored': '存储值',
  'numbers.error': '误差',
  'numbers.relative': '相对',
  'numbers.spacing': '到下一个数的距离',
  'numbers.sum': '和',
  'numbers.kind.zero': '零',
  'numbers.kind.subnormal': '次正规数',
  'numbers.kind.normal': '正规数',
  'numbers.kind.infinite': '无穷大',
  'numbers.kind.nan': '非数',
  'numbers.lost': '下溢为零',
  'numbers.overflow': '上溢',
  'numbers.exact': '精确',
  'numbers.unchanged': '没有变化：加上的数丢失了',
  'numbers.range': '有限值最大为 {largest}；正规数从 {normal} 起，最小的非零数为 {smallest}。',
  'numbers.how':
    '数值先像 GPU 那样舍入到 f32，再舍入到最近值（恰在中间时取偶）。泳道中的 fp16 张量就是这样舍入的，bf16 泳道中的也是，但仍以 32 位存放。',
};
