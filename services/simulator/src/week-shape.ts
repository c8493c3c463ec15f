import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import type { Scenario } from './scenario.ts';

/** Offset of a zone from UTC at one moment, in ms. */
function offsetMs(format: Intl.DateTimeFormat, timeMs: number): number {
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((p) => p.type === type)?.value);
  const parts = format.formatToParts(timeMs);
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(timeMs / 1_000) * 1_000;
}

/** How busy the contact centre is by local hour of the week, right on the days on which clocks change. */
export class WeekShape {
  /** 168 weights from Monday 00:00, of mean 1. */
  private readonly weights: readonly number[];
  /** How busy it is for an average interaction, where 1 is how busy it is at an average moment. */
  private readonly usual: number;
  private readonly format: Intl.DateTimeFormat;
  /** Offset of each UTC day on which it does not change; undefined where it does. */
  private readonly offsetOfDay = new Map<number, number | undefined>();

  constructor({ week, timeZone }: Pick<Scenario, 'week' | 'timeZone'>) {
    const raw = [...Array.from({ length: 5 }, () => week.weekday), week.saturday, week.sunday].flat();
    const mean = raw.reduce((a, b) => a + b, 0) / raw.length;
    this.weights = raw.map((w) => w / mean);
    this.usual = this.weights.reduce((sum, w) => sum + w * w, 0) / this.weights.length;
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Expected arrivals at this moment ÷ those of an average moment of the week. */
  at(timeMs: number): number {
    const localMs = timeMs + this.offsetAt(timeMs);
    // 1970-01-01 was a Thursday.
    const hour = Math.floor(localMs / hourMs) + 3 * 24;
    return this.weights[((hour % 168) + 168) % 168]!;
  }

  /** How busy it is now ÷ how busy it is for an average interaction. */
  load(timeMs: number): number {
    return this.at(timeMs) / this.usual;
  }

  /** A moment within the 24 hours from `fromMs`, as likely at each hour as the hour is busy; `u` in (0, 1). */
  momentWithin24Hours(fromMs: number, u: number): number {
    let total = 0;
    for (let hour = 0; hour < 24; hour++) total += this.at(fromMs + (hour + 0.5) * hourMs);
    if (total === 0) return fromMs + u * dayMs;
    let rest = u * total;
    for (let hour = 0; hour < 24; hour++) {
      const weight = this.at(fromMs + (hour + 0.5) * hourMs);
      if (rest < weight) return fromMs + (hour + rest / weight) * hourMs;
      rest -= weight;
    }
    return fromMs + dayMs - 1;
  }

  private offsetAt(timeMs: number): number {
    const day = Math.floor(timeMs / dayMs);
    if (!this.offsetOfDay.has(day)) {
      const first = offsetMs(this.format, day * dayMs);
      const same = first === offsetMs(this.format, (day + 1) * dayMs);
      this.offsetOfDay.set(day, same ? first : undefined);
    }
    return this.offsetOfDay.get(day) ?? offsetMs(this.format, timeMs);
  }
}
