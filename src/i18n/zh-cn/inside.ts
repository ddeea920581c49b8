// 一步之内。

import type { insideMessages as english } from '../en/inside.ts';

/** 简体中文。 */
export const insideMessages: Readonly<Record<keyof typeof english, string>> = {
  'inside.weight': '权重',
  'inside.slow': '慢动作',
  'inside.lane': '泳道',
  'inside.heading': '{lane}，第 {step} 步：{weight}',
  'inside.forward': '前向',
  'inside.gradient': '梯度',
  'inside.allReduce': 'All-reduce',
  'inside.update': '更新',
  'inside.forwardHint': '该权重所在层对本 rank 那份批次的输出',
  'inside.gradientHint': '仅由本 rank 那份批次得到的损失梯度',
  'inside.allReduceHint': '所有 rank 梯度的平均值',
  'inside.updateHint': '优化器把权重移动了多少',
  'inside.rank': 'rank {rank}',
  'inside.allRanks': '{count} 个 rank 上完全相同',
  'inside.oneRank': '只有一个 rank：无需取平均。',
  'inside.waiting': '尚未到来',
  'inside.values': '数值，{shape}',
  'inside.moments': '均值 {mean}，σ {deviation}',
  'inside.zeros': '{share} 为零',
  'inside.nonFinite': '{count} 个非有限值',
  'inside.histogram': '从 {from} 到 {to} 的直方图',
  'inside.empty': '按“单步”：训练走一步，并显示这一步之内发生了什么。',
  'inside.program': '此程序运行自己的循环；只有 experiment 的步可以观察。',
  'inside.note': '只读回数值，从不改动，因此结果逐位不变。观察所用的时间不计入训练时间。大张量的一格显示其中绝对值最大的数。',
};
