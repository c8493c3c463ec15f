import { type Family, type Measure, measures } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Effect } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';

type Told = Pick<
  AlertRecord,
  | 'segmentTitle'
  | 'measure'
  | 'direction'
  | 'onset'
  | 'effect'
  | 'carriers'
  | 'limit'
  | 'owner'
  | 'installationDays'
  | 'learning'
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

/** A value in digits: a share in per cent, a score with two places, a wait in seconds. */
function digits(measure: Measure, value: number): string {
  const { unit } = measures[measure];
  if (unit === 'share') return (100 * value).toFixed(1);
  if (unit === 'ms') return (value / 1_000).toFixed(0);
  return unit === 'count' ? whole.format(value) : value.toFixed(2);
}
const unitOf = (measure: Measure): string =>
  ({ share: ' %', ms: ' s', count: '', score: '', nps: '' })[measures[measure].unit];
const say = (measure: Measure, value: number): string => digits(measure, value) + unitOf(measure);

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
  const { segmentTitle, measure, limit, learning } = alert;
  if (limit) return `${segmentTitle}: ${limitSentence(alert, limit)}`;
  const said =
    measure === 'composite'
      ? `several signals got worse together ${since(alert, timeZone)}: ${together(alert)}`
      : `${moved(alert)} ${since(alert, timeZone)}`;
  const chance = `chance alone gives this at most once in ${sayDays(alert.installationDays ?? 0)}.`;
  return (
    `${segmentTitle}: ${said}; across everything watched, ${chance}` +
    (learning ? ' The baseline is still learning.' : '')
  );
}

/** `CSAT fell from 4.20 to 4.05 (4.01–4.09, n 8,412)`. */
function moved({ measure, direction, effect }: Told): string {
  const of = measure as Family;
  const rose = (measures[of].worse === 'up') === (direction === 'worse');
  return `${names[of]} ${rose ? 'rose' : 'fell'} from ${say(of, effect!.baseline!)} to ${withRange(of, effect!)}`;
}

const withRange = (measure: Measure, { value, lower, upper, n }: Effect): string =>
  `${say(measure, value)} (${digits(measure, lower)}–${say(measure, upper)}, n ${whole.format(n)})`;

/** `repeat contact from 15.1 % to 18.4 %, CSAT from 4.20 to 4.05`: the strongest first. */
const together = ({ carriers }: Told): string =>
  carriers
    .map(({ measure, effect }) => {
      const from = say(measure, effect.baseline ?? effect.value);
      return `${names[measure]} from ${from} to ${say(measure, effect.value)}`;
    })
    .join(', ');

function since({ onset }: Told, timeZone: string): string {
  const date = (text: string) => sayDate(text, 'short', timeZone);
  const long = Date.parse(onset.upper) - Date.parse(onset.lower) >= dayMs;
  const between = long ? ` (${date(onset.lower)} – ${date(onset.upper)})` : '';
  return `since about ${sayDate(onset.at, 'long', timeZone)}${between}`;
}

const actions = { review: 'a review', pause: 'a pause', roll_back: 'a roll-back' } as const;

/** `CSAT over 24h is 3.92 (3.85–3.99, n 812), below the limit of 4.10. Owner: …` */
function limitSentence({ measure, effect, owner }: Told, limit: NonNullable<Told['limit']>): string {
  const of = measure as Measure;
  const { above, below, window, authoriser, action } = limit;
  const side = above === undefined ? 'below' : 'above';
  return (
    `${measures[of].title} over ${window} is ${withRange(of, effect!)}, ${side} the limit of ` +
    `${say(of, above ?? below ?? 0)}. Owner: ${owner ?? 'nobody'}; ${authoriser} may authorise ${actions[action]}.`
  );
}
