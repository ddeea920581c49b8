// The page's language, and `t`, through which every string on screen goes. A module of its own rather than a part of the page's
// state, because every component needs it: reading `t` in a component subscribes it to the language.

import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { formatMessage } from '../i18n/format-message.ts';
import type { MessageParams } from '../i18n/format-message.ts';
import { locales, pickLocale } from '../i18n/locale-name.ts';
import type { Locale } from '../i18n/locale-name.ts';
import { englishMessages } from '../i18n/messages-en.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { chineseMessages } from '../i18n/messages-zh-cn.ts';
import type { PageStorage } from './storage.ts';

const storageKey = 'locale';
const messages: Readonly<Record<Locale, Readonly<Record<MessageKey, string>>>> = { en: englishMessages, 'zh-CN': chineseMessages };
const current = signal<Locale>('en');

/** The language on screen. */
export const locale: ReadonlySignal<Locale> = current;

/** The message of `key` in the page's language, its places filled. */
export function t<Key extends MessageKey>(key: Key, ...params: MessageParams<(typeof englishMessages)[Key]>): string {
  return formatMessage(messages[current.value][key], params[0]);
}

/** Takes the kept language, else the browser's. */
export function startLocale(storage: PageStorage, languages: readonly string[]): void {
  const kept = storage.read(storageKey);
  current.value = locales.find((name) => name === kept) ?? pickLocale(languages);
}

/** Switches to the next language and keeps the choice. */
export function switchLocale(storage: PageStorage): void {
  const next = locales[(locales.indexOf(current.value) + 1) % locales.length] ?? 'en';
  current.value = next;
  storage.write(storageKey, next);
}
