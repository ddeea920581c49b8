// The languages of the page say the same things: same keys, same places to fill.

import { describe, expect, it } from 'vitest';
import { formatMessage, messageParamNames } from '../../src/i18n/format-message.ts';
import { pickLocale } from '../../src/i18n/locale-name.ts';
import { englishMessages } from '../../src/i18n/messages-en.ts';
import { chineseMessages } from '../../src/i18n/messages-zh-cn.ts';

describe('messages', () => {
  it('have the same keys in every language', () => {
    expect(Object.keys(chineseMessages).sort()).toEqual(Object.keys(englishMessages).sort());
  });

  it('have the same places to fill in every language', () => {
    const places = (messages: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(messages).map(([key, text]) => [key, messageParamNames(text)]));
    expect(places(chineseMessages)).toEqual(places(englishMessages));
  });

  it('are translated: no sentence is the same in both languages', () => {
    const same = Object.entries(englishMessages).filter(
      ([key, text]) =>
        /[a-z]{4,} [a-z]{2,}/.test(text) &&
        Object.entries(chineseMessages).some(([other, translated]) => other === key && translated === text),
    );
    expect(same).toEqual([]);
  });
});

describe('formatMessage', () => {
  it('fills every place, also one that occurs twice', () => {
    expect(formatMessage('{a} of {b}, {a}', { a: 1, b: 'x' })).toBe('1 of x, 1');
  });

  it('leaves a place without a value visible', () => {
    expect(formatMessage('{a} {b}', { a: 0 })).toBe('0 {b}');
  });
});

describe('pickLocale', () => {
  it('takes the first language that the page speaks', () => {
    expect(pickLocale(['fr-FR', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(pickLocale(['de', 'en-GB', 'zh'])).toBe('en');
  });

  it('speaks English to everybody else', () => {
    expect(pickLocale(['fr', 'ja'])).toBe('en');
    expect(pickLocale([])).toBe('en');
  });
});
