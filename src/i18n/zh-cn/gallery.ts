// 程序：选择、欢迎、卡片与论断。

import type { galleryMessages as english } from '../en/gallery.ts';

/** 简体中文。 */
export const galleryMessages: Readonly<Record<keyof typeof english, string>> = {
  'program.choose': '选择程序',
  'program.revert': '还原',
  'program.revertHint': '恢复为原始程序；撤销可找回你的修改',
  'welcome.text': '编辑器中的程序就在这里训练，分成多条泳道：同一个模型，一个或多个 Worker，FP32 或 FP16，并排比较。',
  'welcome.lanes': '泳道公平比较',
  'welcome.lanesText': '计时期间每条泳道独占 GPU：轮流运行，在小机器上则依次运行。',
  'welcome.measured': '数字都是实测',
  'welcome.measuredText': '损失、准确率、速度、显存，以及最终权重相差多少，全部在本机测得。',
  'welcome.private': '数据不离开本设备',
  'welcome.privateText': '程序运行在没有网络的沙箱 Worker 中。无需账号，也没有服务器。',
  'card.question': '问题',
  'card.usualAnswer': '常见回答',
  'card.lookAt': '看哪里',
  'card.reveal': '实际会怎样',
  'card.misconception': '错在哪里，以及这里没有说明什么',
  'card.seconds': '约 {seconds} 秒',
  'card.secondsHint': '估计值：双核加软件适配器；有 GPU 会更快',
  'claims.label': '这个程序的论断',
  'claims.judgedHint': '由程序自己的函数在沙箱里根据本次运行的结果判定',
  'claims.holds': '在本次运行中成立',
  'claims.fails': '在本次运行中不成立',
  'claims.open': '未判定：本次运行与它无关',
  'welcome.cluster': '换成集群呢？',
  'welcome.clusterText': '同样的一步在所选网络上扩展到 4096 个 GPU 会怎样：推算得出，并有标注。',
  'welcome.clusterOpen': '看一看',
};
