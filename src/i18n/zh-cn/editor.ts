// 编辑器与问题列表。

import type { editorMessages as english } from '../en/editor.ts';

/** 简体中文。 */
export const editorMessages: Readonly<Record<keyof typeof english, string>> = {
  'editor.label': '训练程序',
  'editor.summary': '{file} · {lines} 行',
  'editor.loading': '正在加载编辑器……',
  'editor.failed': '编辑器加载失败：{reason}',
  'editor.retry': '重试',
  'editor.leaveHint': '按 Ctrl M 离开编辑器',
  'problem.foreignImport': 'import：只能导入 {offered}，实际为 "{name}"。程序独自运行在它的 Worker 中，请只导入以上模块。',
  'problem.count': '{count} 个错误',
  'problem.none': '没有发现问题。',
  'problem.stopsRun': '阻止运行',
  'problem.refused': '未能启动：有 {count} 个问题须先解决。',
  'problem.showFirst': '查看第一个',
};
