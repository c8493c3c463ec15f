import { expect, test } from 'vitest';
import { holdsId } from './holds-id.ts';

const holds = (
  value: string | null,
  id: string,
  more: { key?: string; headers?: Record<string, string> } = {},
) => holdsId({ key: null, headers: {}, ...more, value: value === null ? null : Buffer.from(value) }, id);

test('an id is found as a key, in a header, and as a text anywhere in an event', () => {
  expect(holds(null, 'c-1', { key: 'c-1' })).toBe(true);
  expect(holds('{}', 'c-1', { headers: { 'seam-key': 'c-1' } })).toBe(true);
  expect(holds('{"data":{"customerId":"c-1"}}', 'c-1')).toBe(true);
  expect(holds('{"data":[{"who":"c-1"}]}', 'c-1')).toBe(true);
});

test('an id is found in whatever way its sender has escaped it', () => {
  expect(holds('{"customerId":"j\\u00fcrgen"}', 'jürgen')).toBe(true);
  expect(holds('{"customerId":"jürgen"}', 'jürgen')).toBe(true);
  expect(holds('{"customerId":"a\\/b"}', 'a/b')).toBe(true);
  expect(holds('{"customerId":77}', '77')).toBe(true);
});

test('an id is found in what is no JSON, unless it is so short that it would be found everywhere', () => {
  expect(holds('{"customerId":"c-1","close', 'c-1')).toBe(true);
  expect(holds('customer=c-123456;', 'c-123456')).toBe(true);
  expect(holds('42 scores', '42')).toBe(false);
  expect(holds('{"not', 'x', { headers: { 'seam-found': 'Unexpected "c-123456" in JSON' } })).toBe(false);
  expect(holds('{"not', 'c-123456', { headers: { 'seam-found': 'Unexpected c-123456 in JSON' } })).toBe(true);
});

test('other ids and figures are not taken for it', () => {
  expect(holds('{"customerId":"c-12"}', 'c-1')).toBe(false);
  expect(holds('{"score":5,"customerId":"c-5"}', '5')).toBe(false);
  expect(holds('id c-1234567', 'c-123456')).toBe(false);
  expect(holds('{}', 'c-1', { key: 'c-12' })).toBe(false);
});
