import { encodeForgotten, forgottenTogetherMs } from '@seamwatch/contracts/forgetting.ts';
import { hourMs } from '@seamwatch/contracts/units.ts';
import type { LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import { describe, expect, test } from 'vitest';
import { heldSources, interactions, surveys } from './testing/two-sources.ts';

const isEntry = ({ headers }: LogRecord) => 'ce_id' in headers;
const textOf = ({ value }: LogRecord) => Buffer.from(value!).toString();

/** A number is an event of that hour, a letter an entry of that request. */
function record(each: number | string, appendedMs: number): Omit<LogRecord, 'offset'> {
  if (typeof each === 'number')
    return { appendedMs, key: null, headers: {}, value: Buffer.from(String(each)) };
  const { headers, value } = encodeForgotten({
    request: each,
    customer: '0123456789abcdef',
    requestedAt: '2026-03-01T00:00:00Z',
  });
  return { appendedMs, key: null, headers, value: Buffer.from(value) };
}

/** What was taken is told as `i1`, `s!a`. */
function start() {
  const { held, wall, take } = heldSources(1e12, (record) =>
    isEntry(record) ? undefined : Number(textOf(record)) * hourMs,
  );
  const takeAll = (
    source: Source,
    list: readonly (number | string)[],
    { appendedMs = 0, more = false } = {},
  ) => {
    const records = list.map((each) => record(each, appendedMs));
    const taken = take(source, records, more);
    return taken
      .map(({ topic, record }) => topic[0] + (isEntry(record) ? `!${record.headers.ce_id}` : textOf(record)))
      .join(' ');
  };
  return { held, take: takeAll, wall };
}

describe('where a customer is forgotten', () => {
  test('what stands before the entries has been taken, what stands behind has not, whichever source is read first', () => {
    const one = start();
    expect(one.take(interactions, [1, 'a', 1])).toBe('i1');
    expect(one.held.wanted(interactions)).toBe(false);
    expect(one.take(surveys, ['a', 1])).toBe('i!a i1 s!a s1');
    expect(one.held.wanted(interactions)).toBe(true);

    const other = start();
    expect(other.take(surveys, [1, 'a', 1])).toBe('s1');
    expect(other.held.wanted(surveys)).toBe(false);
    expect(other.take(interactions, [1])).toBe('i1');
    expect(other.take(interactions, ['a', 1])).toBe('i!a i1 s!a s1');
  });

  test('the source that is waited for goes on, however far it is ahead in event time', () => {
    const { take, held } = start();
    expect(take(interactions, [1, 'a'])).toBe('i1');
    expect(take(surveys, [9, 10, 11, 'a'], { more: true })).toBe('s9 s10 s11 i!a s!a');
    expect(held.wanted(interactions)).toBe(true);
  });

  test('an entry without a twin is passed when the other source is a minute past it, or at its end for that long', () => {
    for (const [first, second] of [
      [interactions, surveys],
      [surveys, interactions],
    ] as const) {
      const { take } = start();
      expect(take(first, ['a', 1])).toBe('');
      expect(take(second, [1], { appendedMs: forgottenTogetherMs, more: true })).not.toContain('!a');
      expect(take(second, [1], { appendedMs: forgottenTogetherMs + 1, more: true })).toContain('!a');

      const quiet = start();
      expect(quiet.take(first, ['b', 1])).toBe('');
      quiet.wall.ms = forgottenTogetherMs;
      expect(quiet.take(second, [])).toBe('');
      quiet.wall.ms++;
      expect(quiet.take(second, [])).toContain('!b');
    }
  });

  test('entries far apart are no twins, and hold nobody up', () => {
    const { take } = start();
    expect(take(surveys, ['a', 1], { more: true })).toBe('');
    expect(take(interactions, ['a'], { appendedMs: 2 * forgottenTogetherMs, more: true })).toBe('s!a s1');
    expect(take(surveys, [1], { appendedMs: 4 * forgottenTogetherMs, more: true })).toBe('s1 i!a');
  });

  test('entries of two requests may stand in another order in each source', () => {
    const { take, held } = start();
    expect(take(interactions, ['a', 'b', 1], { more: true })).toBe('');
    expect(take(surveys, ['b', 'a', 1], { more: true })).toBe('s!b i!a i!b i1 s!a s1');
    expect([held.wanted(interactions), held.wanted(surveys)]).toEqual([true, true]);
  });
});
