import { type Family, measures } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';

type Told = Pick<
  AlertRecord,
  'segmentTitle' | 'measure' | 'direction' | 'onset' | 'effect' | 'installationDays' | 'learning'
>;

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A value of a measure as people say it: `18.4 %`, `4.12`. Evidence of NPS is the mean of the answers, 0 to 10. */
export function sayValue(measure: Family, value: number): string {
  return measures[measure].unit === 'share' ? `${(100 * value).toFixed(1)} %` : value.toFixed(2);
}

/** A length of time in the largest unit that keeps it honest: `40 days`, `14 years`. */
export function sayDays(days: number): string {
  if (days < 60)
    return `${whole.format(Math.max(1, Math.floor(days)))} ${Math.floor(days) <= 1 ? 'day' : 'days'}`;
  if (days < 730) return `${whole.format(Math.floor(days / 30.44))} months`;
  const years = days / 365.25;
  return years > 1000 ? 'a thousand years' : `${whole.format(Math.floor(years))} years`;
}

/** The one sentence of an alert: what, where, from what to what, since when, how sure. Dates in the policy's time zone. */
export function alertSentence(alert: Told, timeZone: string): string {
  const { measure, direction, onset, effect } = alert;
  const { title, worse } = measures[measure];
  const up = (worse === 'up') === (direction === 'worse');
  const range = `${sayValue(measure, effect.lower)} to ${sayValue(measure, effect.upper)}, n ${whole.format(effect.n)}`;
  const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone });
  const day = (text: string) => date.format(Date.parse(text));
  const long = Date.parse(onset.upper) - Date.parse(onset.lower) >= dayMs;
  const since = `since about ${day(onset.at)}${long ? ` (${day(onset.lower)} – ${day(onset.upper)})` : ''}`;
  const where = alert.segmentTitle.charAt(0).toLowerCase() + alert.segmentTitle.slice(1);
  return (
    `${measure === 'nps' ? 'Mean answer to the NPS question' : title} in ${where} ${up ? 'rose' : 'fell'} from ${sayValue(measure, effect.baseline)} to ` +
    `${sayValue(measure, effect.value)} (${range}) ${since}; across everything watched, chance alone gives this at most ` +
    `once in ${sayDays(alert.installationDays)}${alert.learning ? '. The baseline is still learning' : ''}.`
  );
}
