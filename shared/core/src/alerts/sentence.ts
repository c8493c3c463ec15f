import { type Family, measures } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';

type Told = Pick<
  AlertRecord,
  'segmentTitle' | 'measure' | 'direction' | 'onset' | 'effect' | 'installationDays' | 'learning'
>;

/** Names within a sentence. Evidence of NPS is on the answers themselves. */
const names: Record<Family, string> = {
  escalation_rate: 'the escalation rate',
  seam_abandonment: 'seam abandonment',
  repeat_contact: 'repeat contact',
  csat: 'CSAT',
  ces: 'the customer effort score',
  nps: 'the mean answer to the NPS question (0 to 10)',
};

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A value in digits: a share in per cent, a score with two places. */
const digits = (measure: Family, value: number): string =>
  measures[measure].unit === 'share' ? (100 * value).toFixed(1) : value.toFixed(2);
const unit = (measure: Family): string => (measures[measure].unit === 'share' ? ' %' : '');

/** A length of time, rounded down, in the largest unit of which there are at least two: `30 hours`, `59 days`, `14 years`. */
function sayDays(days: number): string {
  const units = [
    ['years', 365.25],
    ['months', 30.44],
    ['days', 1],
  ] as const;
  if (days >= 1_000 * 365.25) return 'a thousand years';
  const [name, length] = units.find(([, unitDays]) => days >= 2 * unitDays) ?? ['hours', 1 / 24];
  return `${whole.format(Math.max(2, Math.floor(days / length)))} ${name}`;
}

type Months = 'short' | 'long';
const formats = new Map<string, Intl.DateTimeFormat>();
const sayDate = (text: string, month: Months, timeZone: string): string =>
  getOrAdd(
    formats,
    `${month} ${timeZone}`,
    () => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month, timeZone }),
  ).format(Date.parse(text));

/** The one sentence of an alert: what, where, from what to what, since when, how sure. Dates in the policy's time zone. */
export function alertSentence(alert: Told, timeZone: string): string {
  const { segmentTitle, measure, direction, onset, effect, installationDays, learning } = alert;
  const rose = (measures[measure].worse === 'up') === (direction === 'worse');
  const value = (x: number) => digits(measure, x) + unit(measure);
  const range = `${digits(measure, effect.lower)}–${value(effect.upper)}, n ${whole.format(effect.n)}`;
  const date = (text: string) => sayDate(text, 'short', timeZone);
  const long = Date.parse(onset.upper) - Date.parse(onset.lower) >= dayMs;
  const between = long ? ` (${date(onset.lower)} – ${date(onset.upper)})` : '';
  return (
    `${segmentTitle}: ${names[measure]} ${rose ? 'rose' : 'fell'} from ${value(effect.baseline)} to ` +
    `${value(effect.value)} (${range}) since about ${sayDate(onset.at, 'long', timeZone)}${between}; across everything ` +
    `watched, chance alone gives this at most once in ${sayDays(installationDays)}.` +
    (learning ? ' The baseline is still learning.' : '')
  );
}
