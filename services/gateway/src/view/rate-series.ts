import type { SeriesResponse } from '@seamwatch/contracts/http.ts';
import type { Measure, Window } from '@seamwatch/contracts/measures.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { SlotColumns } from './slot-columns.ts';

/** What a series keeps: the last 25 hours, of each slot the newest value. */
const keptMs = 25 * hourMs;
const slotMs: Record<Window, number> = {
  '1h': 5 * minuteMs,
  '24h': 5 * minuteMs,
  '7d': hourMs,
  '28d': hourMs,
};

/**
 * The recent past of every measure and window of one segment, for sparklines. At most 812 rows a measure, so 0.4 MB a
 * segment with all measures: 75 MB at the default 200 segments. Longer pasts are in the days, and in InfluxDB.
 */
export class RateSeries {
  readonly #columns = new Map<string, SlotColumns>();

  /** Values of the running minute are left out: the closed minute brings them. */
  add(record: RatesRecord): void {
    if (record.provisional) return;
    const at = Date.parse(record.asOf);
    for (const p of record.points) {
      const key = `${p.measure}|${p.window}`;
      let columns = this.#columns.get(key);
      if (!columns) {
        columns = new SlotColumns(keptMs / slotMs[p.window]);
        this.#columns.set(key, columns);
      }
      columns.set(Math.ceil(at / slotMs[p.window]), [p.value, p.lower, p.upper, null], p.n);
    }
  }

  /** Points from `fromMs` to `toMs` of event time, oldest first, each dated by the end of its slot. */
  points(measure: Measure, window: Window, fromMs: number, toMs: number): SeriesResponse['points'] {
    const columns = this.#columns.get(`${measure}|${window}`);
    if (!columns) return [];
    const ms = slotMs[window];
    const rows = columns.rows(Math.ceil(fromMs / ms), Math.floor(toMs / ms));
    return Array.from(rows, ({ slot, values: [value, lower, upper], whole }) => ({
      at: toRfc3339(slot * ms),
      value,
      lower,
      upper,
      n: whole,
    }));
  }
}
