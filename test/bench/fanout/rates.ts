import { type Measure, measures } from '@seamwatch/contracts/measures.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';

const segments = 24;
const fromMs = Date.UTC(2026, 2, 1, 10);

/** The rates of a board of 24 segments in a second, the running minute on top: every measure in the window of an hour. */
export function ratesOf(second: number): RatesRecord[] {
  return Array.from({ length: segments }, (_, s) => ({
    kind: 'rates',
    segment: `tier:1|path:seam|category:${s}`,
    asOf: toRfc3339(fromMs + Math.floor(second / 60) * minuteMs),
    provisional: true,
    points: (Object.keys(measures) as Measure[]).map((measure, m) => {
      const value = ((second * 31 + s * 17 + m * 7) % 1_000) / 1_003;
      const [lower, upper] = [value - 0.0123, value + 0.0123];
      return { measure, window: '1h', value, lower, upper, n: 1_000 + second, state: 'ok' };
    }),
  }));
}

/** As a gateway sends them. */
export const frameOf = (rates: readonly RatesRecord[]): Buffer =>
  Buffer.from(JSON.stringify({ type: 'rates', rates }));
