import {
  type AlertMeasure,
  type EvidencePoint,
  evidenceLevels,
  type Measure,
  signals,
} from '@seamwatch/contracts/measures.ts';
import type { DayRecord, WeekRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { SlotColumns } from './slot-columns.ts';

export const keptDays = 400;
export const keptWeeks = 60;

type Direction = EvidencePoint['direction'];
const directions: readonly Direction[] = ['worse', 'better'];
const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayMs;

/**
 * The daily past of one segment, 400 days, and its weekly NPS, 60 weeks. At most 0.4 MB a segment with every measure
 * and detector: 75 MB at the default 200 segments.
 */
export class DayHistory {
  /** Minute in which each local day began. */
  readonly #starts = new SlotColumns(keptDays);
  readonly #points = new Map<Measure, SlotColumns>();
  readonly #evidence = new Map<string, SlotColumns>();
  /** Of composites above quiet, by day and direction. */
  readonly #carriers = new Map<string, EvidencePoint['carriers']>();
  readonly #weeks = new Map<string, WeekRecord>();

  addDay(record: DayRecord): void {
    const day = dayNumber(record.day);
    this.#starts.set(day, [null, null, null, null], Date.parse(record.start) / minuteMs);
    for (const p of record.points) {
      columnsOf(this.#points, p.measure).set(day, [p.value, p.lower, p.upper, p.baseline ?? null], p.n);
    }
    for (const e of record.evidence) {
      const level = evidenceLevels.indexOf(e.level);
      const onset = e.onset === null ? 0 : Date.parse(e.onset) / minuteMs;
      columnsOf(this.#evidence, `${e.measure}|${e.direction}`).set(
        day,
        [e.days, e.installationDays, level, e.learning ? 1 : 0],
        onset,
      );
      if (e.carriers) this.#carriers.set(`${day}|${e.direction}`, e.carriers);
      else if (e.measure === 'composite') this.#carriers.delete(`${day}|${e.direction}`);
      this.#carriers.delete(`${day - keptDays}|${e.direction}`);
    }
  }

  addWeek(record: WeekRecord): void {
    this.#weeks.set(record.week, record);
    if (this.#weeks.size > keptWeeks) {
      const oldest = [...this.#weeks.values()].reduce((a, b) => (b.start < a.start ? b : a));
      this.#weeks.delete(oldest.week);
    }
  }

  weeks(): WeekRecord[] {
    return [...this.#weeks.values()].sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  /** Every day held, oldest first; with `measure`, only its points and evidence (`composite` has evidence alone). */
  days(segment: string, measure?: AlertMeasure): DayRecord[] {
    const days = new Map<number, DayRecord>();
    for (const { slot, whole } of this.#starts.rows()) {
      const day = toRfc3339(slot * dayMs).slice(0, 10);
      days.set(slot, {
        kind: 'day',
        segment,
        day,
        start: toRfc3339(whole * minuteMs),
        points: [],
        evidence: [],
      });
    }
    for (const [name, columns] of this.#points) {
      if (measure !== undefined && name !== measure) continue;
      for (const { slot, values, whole } of columns.rows()) {
        const [value, lower, upper, baseline] = values;
        days.get(slot)?.points.push({ measure: name, value, lower, upper, n: whole, baseline });
      }
    }
    for (const signal of signals) {
      if (measure !== undefined && signal !== measure) continue;
      for (const direction of directions) this.#addEvidence(days, signal, direction);
    }
    return [...days.values()];
  }

  #addEvidence(days: Map<number, DayRecord>, measure: EvidencePoint['measure'], direction: Direction): void {
    for (const { slot, values, whole } of this.#evidence.get(`${measure}|${direction}`)?.rows() ?? []) {
      const [evidenceDays, installationDays, level, learning] = values;
      const carriers = measure === 'composite' && this.#carriers.get(`${slot}|${direction}`);
      days.get(slot)?.evidence.push({
        measure,
        direction,
        days: evidenceDays ?? 0,
        installationDays: installationDays ?? 0,
        level: evidenceLevels[level ?? 0] ?? 'quiet',
        learning: learning === 1,
        onset: whole === 0 ? null : toRfc3339(whole * minuteMs),
        ...(carriers && { carriers }),
      });
    }
  }
}

function columnsOf<K>(all: Map<K, SlotColumns>, key: K): SlotColumns {
  let columns = all.get(key);
  if (!columns) {
    columns = new SlotColumns(keptDays);
    all.set(key, columns);
  }
  return columns;
}
