/** Writes times of one time zone. Every time of day carries its zone; dates alone do not. */
export interface TimeFormat {
  readonly zone: string;
  /** `14:05 CET` */
  time(ms: number): string;
  /** `14:05:10 CET` */
  timeWithSeconds(ms: number): string;
  /** `12 Mar 2026, 14:05 CET` */
  dateTime(ms: number): string;
  /** `12 March`, with the year where `reference` lies in another one. */
  day(ms: number, reference?: number): string;
  /** `12 Mar` */
  shortDay(ms: number): string;
  /** `2026-03-12`, the local calendar day. */
  isoDay(ms: number): string;
}

/** A zone that this browser does not know is written in UTC instead, and says so by its name. */
export function timeFormat(timeZone: string): TimeFormat {
  const zone = isZone(timeZone) ? timeZone : 'UTC';
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', ...options });
  const clock = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const date = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const formats = {
    time: format(clock),
    seconds: format({ ...clock, second: '2-digit' }),
    dateTime: format({ ...date, ...clock }),
    day: format({ day: 'numeric', month: 'long' }),
    dayAndYear: format({ day: 'numeric', month: 'long', year: 'numeric' }),
    shortDay: format({ day: 'numeric', month: 'short' }),
    parts: format({ year: 'numeric', month: '2-digit', day: '2-digit' }),
  };
  const isoDay = (ms: number) => {
    const part = Object.fromEntries(formats.parts.formatToParts(ms).map((p) => [p.type, p.value]));
    return `${part.year}-${part.month}-${part.day}`;
  };
  return {
    zone,
    time: (ms) => formats.time.format(ms),
    timeWithSeconds: (ms) => formats.seconds.format(ms),
    dateTime: (ms) => formats.dateTime.format(ms).replace(' at ', ', '),
    day: (ms, reference) =>
      reference !== undefined && isoDay(ms).slice(0, 4) !== isoDay(reference).slice(0, 4)
        ? formats.dayAndYear.format(ms)
        : formats.day.format(ms),
    shortDay: (ms) => formats.shortDay.format(ms),
    isoDay,
  };
}

/** Calendar days from one instant to a later one in the zone; a day of 23 or 25 hours counts as one. */
export function calendarDays(format: TimeFormat, from: number, to: number): number {
  const midnight = (ms: number) => Date.parse(`${format.isoDay(ms)}T00:00:00Z`);
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return true;
  } catch {
    return false;
  }
}
