// The languages of the page. Adding one is a file of messages and a line here.

/** BCP 47 tags, as `Intl` and `<html lang>` take them. */
export const locales = ['en', 'zh-CN'] as const;
export type Locale = (typeof locales)[number];

/** The first of the user's languages that the page speaks; any Chinese counts as zh-CN, anything else as English. */
export function pickLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split('-')[0];
    if (primary === 'zh') return 'zh-CN';
    if (primary === 'en') return 'en';
  }
  return 'en';
}
