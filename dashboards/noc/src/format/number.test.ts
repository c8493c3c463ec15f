import { expect, test } from 'vitest';
import {
  formatCount,
  formatDuration,
  formatElapsed,
  formatInterval,
  formatPeriod,
  formatShare,
  formatSigned,
  formatValue,
} from './number.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

test('shares are percent with one decimal', () => {
  expect(plain(formatShare(0.184))).toBe('18.4 %');
  expect(plain(formatShare(1))).toBe('100.0 %');
  expect(plain(formatShare(0))).toBe('0.0 %');
  expect(plain(formatShare(-0.012))).toBe('−1.2 %');
});

test('NPS carries its sign, with a true minus, and zero carries none', () => {
  expect([28.4, -4.2, 0, -0.2].map((v) => formatSigned(v))).toEqual(['+28', '−4', '0', '0']);
});

test('counts are grouped', () => {
  expect(formatCount(1_204_332)).toBe('1,204,332');
});

test.each([
  [0, '0 s'],
  [48.4 * second, '48 s'],
  [59.6 * second, '1 min'],
  [200 * second, '3 min 20 s'],
  [65 * minute, '1 h 05 min'],
  [3_599.6 * second, '1 h'],
  [51 * hour, '2 d 3 h'],
  [23.999 * hour, '1 d'],
  [2 * day, '2 d'],
])('a duration of %d ms reads %s', (ms, text) => {
  expect(plain(formatDuration(ms))).toBe(text);
});

test.each([
  [42_900, '0:42'],
  [725_000, '12:05'],
  [3 * hour + 10_000, '3:00:10'],
  [-5, '0:00'],
])('a running clock at %d ms reads %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});

test.each([
  [0.4, '1 day'],
  [9.9, '9 days'],
  [152, '4 months'],
  [14.9 * 365.25, '14 years'],
  [1e9, 'over 2,000 years'],
])('evidence of %d days reads "%s", never more than it is', (days, text) => {
  expect(formatPeriod(days)).toBe(text);
});

test('values and intervals are in the unit of their measure', () => {
  expect(plain(formatValue('score', 4.2))).toBe('4.20');
  expect(plain(formatValue('ms', 75_000))).toBe('1 min 15 s');
  expect(formatInterval('share', 0.176, 0.192)).toBe('17.6–19.2');
  expect(formatInterval('share', -0.01, 0.02)).toBe('−1.0 to 2.0');
  expect(formatInterval('score', 4.18, 4.24)).toBe('4.18–4.24');
  expect(formatInterval('nps', -3.2, 5.1)).toBe('−3 to +5');
});
