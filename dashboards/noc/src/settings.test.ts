import { expect, test } from 'vitest';
import { hashWithAlert, readAddress } from './settings.ts';

test('the address says wall, window, theme, alert and token', () => {
  expect(readAddress('?wall&window=24h&theme=light', '#alert=a-1&token=secret')).toEqual({
    wall: true,
    sound: false,
    window: '24h',
    theme: 'light',
    alert: 'a-1',
    token: 'secret',
  });
});

test('what the address does not say, or says wrongly, is left to the defaults', () => {
  expect(readAddress('?window=3d&theme=pink', '')).toEqual({
    wall: false,
    sound: false,
    window: undefined,
    theme: undefined,
    alert: undefined,
    token: undefined,
  });
});

test('selecting an alert keeps the rest of the hash', () => {
  expect(hashWithAlert('#token=secret', 'a 1')).toBe('#token=secret&alert=a+1');
  expect(readAddress('', hashWithAlert('#token=secret', 'a 1')).alert).toBe('a 1');
  expect(hashWithAlert('#token=secret&alert=a-1', undefined)).toBe('#token=secret');
});
