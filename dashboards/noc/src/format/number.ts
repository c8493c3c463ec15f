import type { MeasureUnit } from '@seamwatch/contracts/measures.ts';

/** Narrow no-break space: keeps a number and its unit on one line. */
export const thin = '\u202f';
const minus = '\u2212';
const grouped = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat('en-GB', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** `8,412` */
export const formatCount = (n: number): string => grouped.format(n).replace('-', minus);

/** `18.4`, of a share from 0 to 1 in percent, without its sign. */
const percentDigits = (share: number): string => percent.format(share * 100).replace('-', minus);

/** `18.4 %`, of a share from 0 to 1. */
export const formatShare = (share: number): string => `${percentDigits(share)}${thin}%`;

/** `46 %`, of a part from 0 to 1: rounded, for what adds up to a whole. */
export const formatPart = (part: number): string => `${Math.round(part * 100)}${thin}%`;

/** `+28`, `−4`, `0` */
export function formatSigned(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return (value < 0 ? minus : '+') + text;
}

/** `48 s`, `3 min 20 s`, `1 h 05 min`, `2 d 3 h`: the two largest units, rounded to the smaller. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${thin}s`;
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

function pair(total: number, per: number, large: string, small: string): string {
  const rest = total % per;
  const head = `${Math.floor(total / per)}${thin}${large}`;
  return rest === 0 ? head : `${head} ${String(rest).padStart(per === 60 ? 2 : 1, '0')}${thin}${small}`;
}

/** A running clock: `0:42`, `12:05`, `3:00:10`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `14 years`, `5 months`, `9 days`: a return period of evidence, rounded down so as not to overstate it. */
export function formatPeriod(days: number): string {
  if (days >= 730_500) return 'over 2,000 years';
  if (days >= 730.5) return plural(Math.floor(days / 365.25), 'year');
  if (days >= 61) return plural(Math.floor(days / 30.44), 'month');
  return plural(Math.max(1, Math.floor(days)), 'day');
}

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${Math.abs(n) === 1 ? one : many}`;

/** A value in its unit: shares as percent with one decimal, CSAT and CES with two, NPS signed. */
export function formatValue(unit: MeasureUnit, value: number): string {
  switch (unit) {
    case 'share':
      return formatShare(value);
    case 'score':
      return value.toFixed(2);
    case 'nps':
      return formatSigned(value);
    case 'ms':
      return formatDuration(value);
    case 'count':
      return formatCount(value);
  }
}

/** An interval in its unit, without a sign of percent: `17.6–19.2`; signed numbers with a word: `+24 to +32`. */
export function formatInterval(unit: MeasureUnit, lower: number, upper: number): string {
  if (unit === 'nps') return `${formatSigned(lower)} to ${formatSigned(upper)}`;
  if (unit === 'ms') return `${formatDuration(lower)} to ${formatDuration(upper)}`;
  const digits = unit === 'share' ? percentDigits : (v: number) => formatValue(unit, v);
  return lower < 0 ? `${digits(lower)} to ${digits(upper)}` : `${digits(lower)}–${digits(upper)}`;
}
