import { expect, test } from 'vitest';
import { decodeEvent } from './cloudevents.ts';
import { decodeForgotten, encodeForgotten } from './forgetting.ts';

const entry = { request: 'r-1', customer: '0123456789abcdef', requestedAt: '2026-03-01T00:00:00.000Z' };
const { headers, value } = encodeForgotten(entry);
const bytes = new TextEncoder().encode(value);

test('the entry that forgets a customer is read as it was written, and nothing else is taken for it', () => {
  expect(decodeForgotten({ headers, value: bytes })).toEqual(entry);
  expect(decodeForgotten({ headers: {}, value: bytes })).toBeUndefined();
  expect(decodeForgotten({ headers, value: null })).toBeUndefined();
  for (const wrong of ['{', '{}', value.replace('0123', 'c-12')]) {
    expect(decodeForgotten({ headers, value: new TextEncoder().encode(wrong) })).toBeUndefined();
  }
});

test('it is no event that others may send', () => {
  expect(decodeEvent(bytes, headers)).toMatchObject({ ok: false, code: 'SEAM_UNKNOWN_TYPE' });
});
