import type { RatePoint } from '@seamwatch/contracts/measures.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { describe, expect, test } from 'vitest';
import { AlertBook } from './alert-book.ts';
import { Limits } from './limits.ts';

const segments: Segment[] = [{ id: 'all', title: 'All interactions', where: {} }];
const who = { owner: 'Ada', authoriser: 'Grace', action: 'pause' as const };
const policyWith = (more: object) =>
  policySchema.parse({
    version: 1,
    thresholds: [
      { id: 'csat-floor', measure: 'csat', segment: 'all', below: 4, window: '1h', ...who, ...more },
    ],
  });

/** Values of successive minutes: the mean, and half the width of its interval. */
class Minutes {
  readonly #book: AlertBook;
  readonly #limits: Limits;
  #minute = 59;
  readonly alerts: AlertRecord[] = [];

  constructor(more: object = {}) {
    this.#book = new AlertBook({
      segments,
      thresholdDays: 15,
      clearAfterDays: 30,
      timeZone: 'UTC',
      owner: () => null,
    });
    this.#limits = new Limits(policyWith(more), this.#book);
  }

  see(values: readonly [value: number | null, half: number, n?: number][]): this {
    for (const [value, half, n = 200] of values) {
      const bound = (side: number) => (value === null ? null : value + side * half);
      const point: RatePoint = {
        measure: 'csat',
        window: '1h',
        value,
        lower: bound(-1),
        upper: bound(1),
        n,
        state: value === null ? 'no_data' : n < 20 ? 'not_enough_data' : 'ok',
      };
      this.#limits.decide(this.#minute++, segments, () => point);
      this.alerts.push(...this.#book.take());
    }
    return this;
  }

  get life(): string[] {
    return this.alerts.map(({ change, status }) => `${change} ${status}`);
  }
}

describe('an exit threshold', () => {
  test('is crossed where the whole interval is beyond it, and is critical at once', () => {
    const minutes = new Minutes().see([
      [3.95, 0.1],
      [3.8, 0.1],
      [3.7, 0.1],
    ]);
    expect(minutes.life).toEqual(['opened firing']);
    expect(minutes.alerts[0]).toMatchObject({
      rule: 'csat-floor',
      level: 'critical',
      owner: 'Ada',
      limit: { below: 4, window: '1h', authoriser: 'Grace', action: 'pause' },
      effect: { value: 3.8, n: 200, baseline: null },
      installationDays: null,
      verdict: 'none',
      sentence:
        'All interactions: CSAT over 1h is 3.80 (3.70–3.90, n 200), below the limit of 4.00. Owner: Ada; Grace may authorise a pause.',
    });
  });

  test('is one alert while the value moves about the limit, and ends where the whole interval is back', () => {
    const minutes = new Minutes().see([
      [3.8, 0.1],
      [4.05, 0.1],
      [3.8, 0.1],
      [4.02, 0.1],
      [4.2, 0.1],
    ]);
    expect(minutes.life).toEqual(['opened firing', 'resolved resolved']);
    expect(minutes.alerts.map((a) => a.seq)).toEqual([1, 2]);
    expect(new Set(minutes.alerts.map((a) => a.id)).size).toBe(1);
  });

  test('is neither crossed nor ended by too few answers, or none', () => {
    expect(new Minutes({ minimumN: 300 }).see([[3, 0.1]]).life).toEqual([]);
    const gone = new Minutes().see([
      [3.8, 0.1],
      [null, 0],
      [5, 0, 3],
    ]);
    expect(gone.life).toEqual(['opened firing']);
  });

  test('with a time to last is pending until then, and nothing where it does not', () => {
    const long = new Minutes({ for: '2m' }).see([
      [3.8, 0.1],
      [3.8, 0.1],
      [3.8, 0.1],
    ]);
    expect(long.life).toEqual(['opened pending', 'escalated firing']);
    const short = new Minutes({ for: '2m' }).see([
      [3.8, 0.1],
      [3.95, 0.1],
      [3.8, 0.1],
    ]);
    expect(short.life).toEqual(['opened pending', 'resolved resolved', 'opened pending']);
  });
});
