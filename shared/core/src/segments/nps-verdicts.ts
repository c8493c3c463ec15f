import type { AlertRecord, Segment, WeekRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { type AlertBook, endOf } from '../alerts/alert-book.ts';
import { confirmation } from '../detection/weekly-nps.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import type { NpsWeeks } from './nps-weeks.ts';

interface NpsVerdictsOptions {
  calendar: Calendar;
  segments: readonly Segment[];
  weeks: NpsWeeks;
  alerts: AlertBook;
}

/** What NPS says at the end of each week: of every segment, and of the alerts that came before it. */
export class NpsVerdicts {
  readonly #o: NpsVerdictsOptions;

  constructor(options: NpsVerdictsOptions) {
    this.#o = options;
  }

  /** `monday` began the week that ends with this minute. Gives the test of each segment with answers. */
  endOfWeek(minute: Minute, monday: DayNumber): WeekRecord[] {
    const { weeks, alerts, segments } = this.#o;
    for (const alert of alerts.unjudged) this.#judge(minute, monday, alert);
    const tests = weeks.segments(monday).map((segment) => weeks.test(segment, segments[segment]!.id, monday));
    weeks.expire(monday);
    return tests;
  }

  /** The weekly test dates what NPS alone would have said; the stricter one confirms. */
  #judge(minute: Minute, monday: DayNumber, alert: AlertRecord): void {
    const { calendar, segments, weeks, alerts } = this.#o;
    const onset = calendar.monday(calendar.day(Date.parse(alert.onset.at)));
    const segment = segments.findIndex((s) => s.id === alert.segment);
    const confirms = weeks.confirms(segment, onset, monday);
    let { verdict } = alert;
    // The week of the onset is part of neither side.
    if (monday > onset) {
      const dated = weeks.test(segment, alert.segment, monday, onset).rejects;
      if (dated && alert.npsConfirmedAt === null) {
        alerts.addVerdict(minute, alert.id, { npsConfirmedAt: endOf(minute) });
      }
      if (confirms?.rejects && verdict === 'pending') {
        verdict = 'confirmed';
        alerts.addVerdict(minute, alert.id, { verdict });
      }
    }
    if (minute * minuteMs - Date.parse(alert.openedAt) <= confirmation.withinDays * dayMs) return;
    if (verdict === 'pending') {
      alerts.addVerdict(minute, alert.id, { verdict: confirms ? 'unconfirmed' : 'none' });
    }
    alerts.settle(alert.id);
  }
}
