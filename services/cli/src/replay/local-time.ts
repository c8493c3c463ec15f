import { dayMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { Calendar } from '@seamwatch/core/segments/calendar.ts';

const calendars = new Map<string, Calendar>();
const pattern = /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?$/;

/**
 * RFC 3339 in UTC of a local time such as `1999-02-01 07:02:47`, right on the days on which clocks change: of an hour
 * that comes twice the first is meant, and a time in an hour that is left out is read with the offset before it.
 * Throws `RangeError` for other forms, dates that do not exist and unknown zones.
 */
export function localTime(text: string, timeZone: string): string {
  const match = pattern.exec(text.trim());
  if (!match) throw new RangeError(`"${text}" is no local time such as 1999-02-01 07:02:47`);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms = Number((match[7] ?? '').padEnd(3, '0'));
  const local = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, ms);
  const back = new Date(local);
  if (
    back.getUTCDate() !== day ||
    back.getUTCMonth() !== month! - 1 ||
    hour! > 23 ||
    minute! > 59 ||
    second! > 59
  )
    throw new RangeError(`"${text}" does not exist`);
  return toRfc3339(utcOf(local, calendarOf(timeZone)));
}

function utcOf(local: number, calendar: Calendar): number {
  const before = calendar.offsetMs(local - dayMs);
  const after = calendar.offsetMs(local + dayMs);
  const isRight = (offset: number) => calendar.offsetMs(local - offset) === offset;
  return local - (isRight(before) || !isRight(after) ? before : after);
}

function calendarOf(timeZone: string): Calendar {
  let calendar = calendars.get(timeZone);
  if (!calendar) {
    calendar = new Calendar(timeZone);
    calendars.set(timeZone, calendar);
  }
  return calendar;
}
