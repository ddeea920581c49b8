// The page's language, and `t`, through which every string on screen goes. A module of its own rather than a part of the page's
// state, because every component needs it: reading `t` in a component subscribes it to the language.

import { batch, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { formatMessage } from '../i18n/format-message.ts';
import type { MessageParams } from '../i18n/format-message.ts';
import { locales, pickLocale } from '../i18n/locale-name.ts';
import type { Locale } from '../i18n/locale-name.ts';
import type { englishMessages, MessageKey } from '../i18n/messages-en.ts';
import { shellMessages } from '../i18n/shell-messages-en.ts';
import type { PageStorage } from './storage.ts';

type Messages = Readonly<Record<MessageKey, string>>;

const storageKey = 'locale';
/** Of the shell, and of the rooms that have been loaded. */
let english: Partial<Messages> = shellMessages;
/** English comes with the page and its rooms; other languages are loaded when somebody reads them. */
const load: Readonly<Record<Locale, () => Promise<Partial<Messages>>>> = {
  en: () => Promise.resolve(english),
  'zh-CN': async () => (await import('../i18n/messages-zh-cn.ts')).chineseMessages,
};
const current = signal<Locale>('en');
const messages = signal<Partial<Messages>>(english);

/** The language on screen. */
export const locale: ReadonlySignal<Locale> = current;

/** The message of `key` in the page's language, its places filled. */
export function t<Key extends MessageKey>(key: Key, ...params: MessageParams<(typeof englishMessages)[Key]>): string {
  return formatMessage(messages.value[key] ?? key, params[0]);
}

/** Adds the English messages of a room; a room that is loaded late calls this as it loads, and nobody else says what is in them. */
export function addRoomMessages(room: Partial<Messages>): void {
  english = { ...english, ...room };
  if (current.peek() === 'en') messages.value = english;
}

/** A program's own text in the page's language. */
export function inLocale(text: { readonly en: string; readonly zh: string }): string {
  return current.value === 'zh-CN' ? text.zh : text.en;
}

/** Takes the kept language, else the browser's. Where it cannot be loaded, the page stays in English. */
export async function startLocale(storage: PageStorage, languages: readonly string[]): Promise<void> {
  const kept = storage.read(storageKey);
  await show(locales.find((name) => name === kept) ?? pickLocale(languages)).catch(() => undefined);
}

/** Switches to the next language and keeps the choice. Rejects where it cannot be loaded. */
export async function switchLocale(storage: PageStorage): Promise<void> {
  const next = locales[(locales.indexOf(current.value) + 1) % locales.length] ?? 'en';
  await show(next);
  storage.write(storageKey, next);
}

async function show(name: Locale): Promise<void> {
  const loaded = await load[name]();
  batch(() => {
    messages.value = loaded;
    current.value = name;
  });
}
