import { type Measure, type MeasureUnit, measures, titleOf } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, DayRecord } from '@seamwatch/contracts/records.ts';
import type { SegmentDays } from '../day-store.ts';
import { calendarDays, type TimeFormat } from '../format/time.ts';
import { measuresOf } from '../model/alerts.ts';
import { dayValues, expectedRange } from '../model/history.ts';

const dayMs = 86_400_000;
const before = 60 * dayMs;
const leastSpan = 45 * dayMs;
/** Of a composite, so many of its strongest measures are drawn. */
const shownMeasures = 3;

/** One measure, a value a day. */
export interface DailyColumns {
  measure: Measure;
  unit: MeasureUnit;
  /** The limit that a threshold sets. */
  limit: number | null;
  x: number[];
  value: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  baseline: (number | null)[];
}

/** Columns of a chart; x in seconds, as the plot wants it. */
export interface ChartModel {
  time: TimeFormat;
  from: number;
  to: number;
  /** The measure of the alert, or those that carry it, the strongest first. */
  daily: DailyColumns[];
  weeks: {
    x: number[];
    nps: (number | null)[];
    lower: (number | null)[];
    upper: (number | null)[];
    baseline: (number | null)[];
    rejects: boolean[];
  };
  onset: { at: number; lower: number; upper: number };
  opened: { x: number; label: string };
  confirmed: { x: number; label: string } | undefined;
  /** Between alert and confirmation, where the alert came first. */
  leadDays: number | undefined;
}

const cache = new WeakMap<AlertRecord, { data: SegmentDays; day: string; model: ChartModel }>();

/** The chart of an alert; made anew only when the alert, its history or the day changes. */
export function chartModel(
  alert: AlertRecord,
  data: SegmentDays,
  asOf: number | null,
  time: TimeFormat,
): ChartModel {
  const day = time.isoDay(asOf ?? 0);
  const known = cache.get(alert);
  if (known?.data === data && known.day === day && known.model.time === time) return known.model;
  const model = build(alert, data, asOf, time);
  cache.set(alert, { data, day, model });
  return model;
}

function build(alert: AlertRecord, data: SegmentDays, asOf: number | null, time: TimeFormat): ChartModel {
  const ms = (text: string) => Date.parse(text);
  const confirmedMs = alert.npsConfirmedAt === null ? undefined : ms(alert.npsConfirmedAt);
  const openedMs = ms(alert.openedAt);
  const now = asOf ?? ms(alert.at);
  const until = alert.resolvedAt === null ? now : Math.min(now, ms(alert.resolvedAt) + 21 * dayMs);
  const to = Math.max(until, (confirmedMs ?? 0) + 3 * dayMs);
  const from = Math.min(ms(alert.onset.lower) - before, to - leastSpan);
  const inside = (x: number) => x >= from && x <= to;
  // The day that still runs holds only a part of its interactions.
  const today = time.isoDay(now);
  const closed = data.days.filter(({ start }) => inside(ms(start)) && time.isoDay(ms(start)) < today);
  const weeks = data.weeks.filter((w) => inside(ms(w.start))).sort((a, b) => a.start.localeCompare(b.start));
  const limit = alert.limit?.above ?? alert.limit?.below ?? null;
  const mark = (x: number) => ({ x: x / 1000, label: time.shortDay(x) });
  const lead = confirmedMs === undefined ? 0 : calendarDays(time, openedMs, confirmedMs);
  return {
    time,
    from: from / 1000,
    to: to / 1000,
    daily: measuresOf(alert)
      .slice(0, shownMeasures)
      .map((measure) => dailyColumns(closed, measure, limit)),
    weeks: {
      x: weeks.map((w) => (ms(w.start) + ms(w.end)) / 2000),
      nps: weeks.map((w) => w.nps),
      lower: weeks.map((w) => w.lower),
      upper: weeks.map((w) => w.upper),
      baseline: weeks.map((w) => w.baseline),
      rejects: weeks.map((w) => w.rejects),
    },
    onset: {
      at: ms(alert.onset.at) / 1000,
      lower: ms(alert.onset.lower) / 1000,
      upper: ms(alert.onset.upper) / 1000,
    },
    opened: mark(openedMs),
    confirmed: confirmedMs === undefined ? undefined : mark(confirmedMs),
    leadDays: lead > 0 ? lead : undefined,
  };
}

function dailyColumns(closed: readonly DayRecord[], measure: Measure, limit: number | null): DailyColumns {
  const { unit } = measures[measure];
  const days = dayValues(closed, measure);
  const ranges = days.map((d) => expectedRange(d, unit));
  return {
    measure,
    unit,
    limit,
    x: days.map((d) => (d.at + dayMs / 2) / 1000),
    value: days.map((d) => d.value),
    low: ranges.map((r) => r?.low ?? null),
    high: ranges.map((r) => r?.high ?? null),
    baseline: days.map((d) => d.baseline),
  };
}

/** What the picture shows, for those who cannot see it. */
export function chartSummary(model: ChartModel, { measure }: DailyColumns): string {
  const { opened, confirmed, leadDays } = model;
  const nps = confirmed
    ? `The weekly NPS test rejects first on ${confirmed.label}`
    : 'The weekly NPS test has not rejected';
  const lead = leadDays === undefined ? '' : `, ${leadDays} days after the alert`;
  return `${titleOf(measure)}, a value each day against its baseline. Alert on ${opened.label}. ${nps}${lead}.`;
}
