// What a program is called in the chooser, read from its text without running it: the title of its `card` in the page's language,
// else a first comment `// title: …`, else the `title` it passes to `experiment`, else its file name. A pattern is enough, because
// the programs that come with the page are ours; for any other text the file name is a fine answer.

import type { Locale } from '../i18n/locale-name.ts';

const cardTitle = /\btitle:\s*\{\s*en:\s*(['"`])(?<en>.*?)\1\s*,\s*zh:\s*(['"`])(?<zh>.*?)\3/su;
const commentTitle = /^\/\/\s*title:\s*(?<title>.+)$/mu;
const plainTitle = /\btitle:\s*(['"`])(?<title>.*?)\1/u;

/** The title for people. */
export function programTitle(source: string, fileName: string, locale: Locale): string {
  const card = cardTitle.exec(source)?.groups;
  const fromCard = locale === 'zh-CN' ? card?.['zh'] : card?.['en'];
  return fromCard ?? commentTitle.exec(source)?.groups?.['title'] ?? plainTitle.exec(source)?.groups?.['title'] ?? fileName;
}
