// The languages of the page say the same things: same keys, same places to fill.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatMessage, messageParamNames } from '../../src/i18n/format-message.ts';
import { pickLocale } from '../../src/i18n/locale-name.ts';
import { englishMessages } from '../../src/i18n/messages-en.ts';
import { shellMessages } from '../../src/i18n/shell-messages-en.ts';
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

it('says in English at once what the page may say before a room is loaded; a room’s own messages are said in its folder alone', () => {
  const rooms = {
    cluster: ['cluster'],
    numbers: ['numbers'],
    precision: ['precision'],
    timeline: ['timeline'],
    verdict: ['verdict', 'fair', 'verify', 'metricWord'],
  };
  const roomOf = (key: string) => Object.entries(rooms).find(([, groups]) => groups.some((group) => key.startsWith(`${group}.`)))?.[0];
  const late = Object.keys(englishMessages).filter((key) => !Object.hasOwn(shellMessages, key));
  expect(late.filter((key) => roomOf(key) === undefined)).toEqual([]);
  expect(Object.keys(shellMessages).filter((key) => roomOf(key) !== undefined)).toEqual([]);
  const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(?:state|ui)\/.*\.tsx?$/u.test(path))
    .map((path) => ({ path, text: readFileSync(`src/${path}`, 'utf8') }));
  expect(sources.length).toBeGreaterThan(200);
  for (const [room, groups] of Object.entries(rooms)) {
    const said = new RegExp(`['\`](?:${groups.join('|')})\\.`, 'u');
    const elsewhere = sources.filter(({ path, text }) => said.test(text) && !path.startsWith(`ui/${room}/`));
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  }
});
