import { expect, test } from 'vitest';
import { backoffMs, defaultBackoff } from './backoff.ts';
import { parseRetryAfterMs } from './influx-http.ts';
import { verdictOf } from './verdict.ts';

const own = (status: number, message: string) => ({
  status,
  text: message,
  error: { code: 'some code', message },
});

test('only 204 counts as written: a 200 of some other server does not', () => {
  expect(verdictOf({ status: 204, text: '' }).kind).toBe('written');
  expect(verdictOf({ status: 200, text: 'status 200' }).kind).toBe('misconfigured');
});

test('400 and 422 condemn points only in the words of InfluxDB', () => {
  const old =
    'partial write: dropped 5 points outside retention policy of duration 840h0m0s - oldest point m,a=b\\ dropped=9 at …, newest point m at … dropped=5 for database: bd94 for retention policy: autogen';
  expect(verdictOf(own(422, old))).toMatchObject({ kind: 'refused', dropped: 5 });
  expect(verdictOf(own(422, 'partial write: field type conflict dropped=3'))).toMatchObject({
    kind: 'refused',
    dropped: 3,
  });
  expect(verdictOf(own(400, "unable to parse 'x'")).kind).toBe('refused');
  expect(verdictOf({ status: 400, text: '400 Bad Request' }).kind).toBe('misconfigured');
});

test('401, 403, redirects and a 404 of some other server are configuration errors', () => {
  for (const status of [301, 401, 403, 404, 405]) {
    expect(verdictOf({ status, text: String(status) }).kind).toBe('misconfigured');
  }
});

test('no answer, 408, 429 and 5xx are tried again, not before the time that the server asks for', () => {
  for (const status of [0, 408, 425, 429, 500, 502, 503, 504]) {
    expect(verdictOf({ status, text: '', retryAfterMs: 7_000 })).toMatchObject({
      kind: 'later',
      retryAfterMs: 7_000,
    });
  }
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.UTC(2026, 2, 1);
  expect(parseRetryAfterMs('120', now)).toBe(120_000);
  expect(parseRetryAfterMs('Sun, 01 Mar 2026 00:00:30 GMT', now)).toBe(30_000);
  expect(parseRetryAfterMs('Sat, 28 Feb 2026 00:00:30 GMT', now)).toBe(0);
  expect(parseRetryAfterMs('soon', now)).toBeUndefined();
});

test('waits double up to the longest, and chance spreads the second half of each', () => {
  const waits = [1, 2, 3, 20].map((attempt) => backoffMs(attempt, defaultBackoff, () => 1));
  expect(waits).toEqual([250, 500, 1_000, 30_000]);
  expect(backoffMs(3, defaultBackoff, () => 0)).toBe(500);
});
