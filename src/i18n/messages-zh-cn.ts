// 页面上的全部文字，简体中文，按页面的各部分分文件（`zh-cn/`）。键与占位符须与英文一致（由单元测试检查）；术语沿用社区通行译法：lane 译为“泳道”，
// rank 保留原文，global batch 译为“全局批大小”，loss scale 译为“损失缩放”。

import type { MessageKey } from './messages-en.ts';
import { chartsMessages } from './zh-cn/charts.ts';
import { clusterMessages } from './zh-cn/cluster.ts';
import { deviceMessages } from './zh-cn/device.ts';
import { editorMessages } from './zh-cn/editor.ts';
import { failuresMessages } from './zh-cn/failures.ts';
import { galleryMessages } from './zh-cn/gallery.ts';
import { historyMessages } from './zh-cn/history.ts';
import { insideMessages } from './zh-cn/inside.ts';
import { lanesMessages } from './zh-cn/lanes.ts';
import { numbersMessages } from './zh-cn/numbers.ts';
import { pageMessages } from './zh-cn/page.ts';
import { precisionMessages } from './zh-cn/precision.ts';
import { resultsMessages } from './zh-cn/results.ts';
import { runMessages } from './zh-cn/run.ts';
import { timelineMessages } from './zh-cn/timeline.ts';
import { verdictMessages } from './zh-cn/verdict.ts';

/** Messages by key. */
export const chineseMessages: Readonly<Record<MessageKey, string>> = {
  ...chartsMessages,
  ...clusterMessages,
  ...deviceMessages,
  ...editorMessages,
  ...failuresMessages,
  ...galleryMessages,
  ...historyMessages,
  ...insideMessages,
  ...lanesMessages,
  ...numbersMessages,
  ...pageMessages,
  ...precisionMessages,
  ...resultsMessages,
  ...runMessages,
  ...timelineMessages,
  ...verdictMessages,
};
