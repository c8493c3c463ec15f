/** Days before each month of a year that is no leap year, and at the end. */
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
const dayMs = 86_400_000;

/** Milliseconds since 1970 of a time in RFC 3339, as `Date.parse` gives them; NaN where the text is none. */
export function timeMs(text: string): number {
  const ms = utcMs(text);
  return Number.isNaN(ms) ? Date.parse(text) : ms;
}

/**
 * As `timeMs` for `2026-03-01T10:00:00Z` and `2026-03-01T10:00:00.000Z`, which nearly all times on a wire are, and NaN for
 * any other text. A fifth of the time of `Date.parse`, of which an event needs six.
 */
export function utcMs(text: string): number {
  const { length } = text;
  if (length !== 24 && length !== 20) return Number.NaN;
  if (text.charCodeAt(length - 1) !== 0x5a || text.charCodeAt(10) !== 0x54) return Number.NaN;
  if (text.charCodeAt(4) !== 0x2d || text.charCodeAt(7) !== 0x2d) return Number.NaN;
  if (text.charCodeAt(13) !== 0x3a || text.charCodeAt(16) !== 0x3a) return Number.NaN;
  const year = 100 * two(text, 0) + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  let ms = 0;
  if (length === 24) {
    if (text.charCodeAt(19) !== 0x2e) return Number.NaN;
    ms = 10 * two(text, 20) + (two(text, 21) % 10);
  }
  // A part that is no number is NaN here, which no comparison holds for.
  if (!(month >= 1 && month <= 12 && hour <= 23 && minute <= 59 && second <= 59 && year >= 0 && ms >= 0)) {
    return Number.NaN;
  }
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const monthDays = daysBefore[month]! - daysBefore[month - 1]! + (leap && month === 2 ? 1 : 0);
  if (!(day >= 1 && day <= monthDays)) return Number.NaN;
  const y = year - 1;
  const leapDays =
    Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + (leap && month > 2 ? 1 : 0);
  const days = 365 * year + leapDays + daysBefore[month - 1]! + day - 1 - daysTo1970;
  return days * dayMs + ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
}

const daysTo1970 = 365 * 1970 + 492 - 15;

/** Two digits of a text as a number, or NaN. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}
