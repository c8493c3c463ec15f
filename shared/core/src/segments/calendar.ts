import { dayMs, type EventTimeMs, hourMs, minuteMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';

/** Days since 1970-01-01 of a local calendar date. */
export type DayNumber = number;

/** 1970-01-01 was a Thursday; ISO weeks begin on Monday. */
const mondayOffset = 3;

/**
 * The calendar of one time zone: local days and ISO weeks with their true starts, right on days of 23 and 25 hours.
 * Offsets are looked up once a quarter of an hour of event time (every zone's offset changes on such a boundary).
 */
export class Calendar {
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  /** Offsets by quarter of an hour; late events jump between a few. */
  readonly #offsets = new Map<number, number>();

  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  }

  /** Local time − UTC, in ms. */
  offsetMs(at: EventTimeMs): number {
    const quarter = Math.floor(at / (15 * minuteMs));
    if (this.#offsets.size > 10_000) this.#offsets.clear();
    return getOrAdd(this.#offsets, quarter, () => this.#offset(at));
  }

  day(at: EventTimeMs): DayNumber {
    return Math.floor((at + this.offsetMs(at)) / dayMs);
  }

  /** Hour of the local week, 0 (Monday 00) to 167. */
  hourOfWeek(at: EventTimeMs): number {
    const local = at + this.offsetMs(at);
    return (((Math.floor(local / hourMs) + 24 * mondayOffset) % 168) + 168) % 168;
  }

  /** First moment of a local day. */
  startOfDay(day: DayNumber): EventTimeMs {
    const utc = day * dayMs;
    // Midnight in the offset before and in that after: where it is skipped or comes twice, the earlier one within the day.
    const [before, after] = [utc - this.offsetMs(utc - dayMs), utc - this.offsetMs(utc + dayMs)];
    const first = Math.min(before, after);
    return this.day(first) === day ? first : Math.max(before, after);
  }

  date(day: DayNumber): string {
    return new Date(day * dayMs).toISOString().slice(0, 10);
  }

  /** Day number of the Monday of a day's ISO week. */
  monday(day: DayNumber): DayNumber {
    return day - ((((day + mondayOffset) % 7) + 7) % 7);
  }

  /** `2026-W10` of a day. */
  week(day: DayNumber): string {
    const thursday = new Date((this.monday(day) + 3) * dayMs);
    const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
    const week = 1 + Math.floor((thursday.getTime() - yearStart) / (7 * dayMs));
    return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
  }

  #offset(at: EventTimeMs): number {
    const name = this.#format.formatToParts(at).find((p) => p.type === 'timeZoneName')?.value ?? '';
    const match = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(name);
    if (!match?.[1]) return 0;
    const ms = Number(match[2]) * hourMs + Number(match[3]) * minuteMs + Number(match[4] ?? 0) * 1000;
    return match[1] === '-' ? -ms : ms;
  }
}
