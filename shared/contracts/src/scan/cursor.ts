import type { Id } from '../facts.ts';
import { utcMs } from '../time.ts';
import type { Fields } from './fields.ts';
import {
  backslash,
  closeList,
  closeObject,
  colon,
  comma,
  minus,
  openList,
  openObject,
  point,
  quote,
  zero,
} from './letters.ts';
import type { Names } from './names.ts';

/** More digits than this are not exact as a number of their own. */
const exactDigits = 15;
/** Dates whose start is remembered. */
const rememberedDates = 1_000;

/**
 * Reads JSON forwards, a value at a time, and only what is plain: no escapes, no exponents, ids and times in ASCII. Where it meets
 * anything else it has `failed`, stands at the end, and whatever it gives from then on says nothing.
 */
export class Cursor {
  failed = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #to = 0;
  readonly #dates = new Map<number, number>();

  /** What stands from one place up to another; what follows there may be read, and is never taken for a part of it. */
  begin(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes = bytes;
    this.#at = from;
    this.#to = to;
    this.failed = false;
  }

  /** Nothing but space may follow. */
  end(): void {
    while (this.#at < this.#to && isSpace(this.#bytes[this.#at]!)) this.#at++;
    if (this.#at !== this.#to) this.fail();
  }

  fail(): void {
    this.failed = true;
    this.#at = this.#bytes.length;
  }

  /** An object, field by field. False where one that is needed is not there. The same field twice is a failure. */
  object(fields: Fields): boolean {
    this.#expect(openObject);
    if (this.#skip(closeObject)) return fields.needed === 0;
    const bytes = this.#bytes;
    let found = 0;
    for (let place = 0; ; place++) {
      let at = this.#at;
      if (bytes[at] !== quote) {
        this.#expect(quote);
        at = this.#at - 1;
      }
      const field = fields.find(bytes, at + 1, place);
      if (field < 0) {
        this.#at = at + 1;
        at = this.#endOfText() + 1;
      } else at += fields.length(field) + 2;
      // Without space, as nearly always, there is nothing to be looked for.
      if (bytes[at] === colon && bytes[at + 1]! > 0x20) this.#at = at + 1;
      else this.#colon(at);
      if (field >= 0) {
        if (found & (1 << field)) this.fail();
        found |= 1 << field;
      }
      fields.read(field);
      if (bytes[this.#at] === comma && bytes[this.#at + 1] === quote) this.#at++;
      else if (this.#skip(comma)) this.#space();
      else {
        this.#expect(closeObject);
        return (found & fields.needed) === fields.needed;
      }
    }
  }

  #colon(at: number): void {
    this.#at = at;
    this.#expect(colon);
    this.#space();
  }

  /** A list, `read` element by element. */
  list(read: () => void): void {
    this.#expect(openList);
    this.#space();
    if (this.#skip(closeList)) return;
    for (;;) {
      read();
      if (this.#skip(comma)) this.#space();
      else {
        this.#expect(closeList);
        return;
      }
    }
  }

  /** A text that comes again, of any letters; empty where it fails. */
  name(names: Names): string {
    this.#expect(quote);
    const bytes = this.#bytes;
    const from = this.#at;
    let to = from;
    while (kinds[bytes[to]!]! <= otherLetter) to++;
    this.#at = to + 1;
    const text = bytes[to] === quote ? names.get(bytes, from, to) : undefined;
    if (text === undefined) this.fail();
    return text ?? '';
  }

  /** Where a text in ASCII stands. */
  text(): Id {
    this.#expect(quote);
    const from = this.#at;
    const to = this.#endOfText();
    this.#at = to + 1;
    return { bytes: this.#bytes, from, to };
  }

  /** A text that nobody asks for; gives its length. */
  skipText(): number {
    this.#expect(quote);
    const from = this.#at;
    const to = this.#endOfText();
    this.#at = to + 1;
    return to - from;
  }

  /** A time such as `2026-03-01T10:00:00Z` or `2026-03-01T10:00:00.000Z`, in ms. */
  time(): number {
    this.#expect(quote);
    const bytes = this.#bytes;
    const at = this.#at;
    const fraction = bytes[at + 19] === point ? 4 : 0;
    const ms = fraction === 0 ? 0 : 10 * this.#two(at + 20) + (this.#two(at + 21) % 10);
    const hour = this.#two(at + 11);
    const minute = this.#two(at + 14);
    const second = this.#two(at + 17);
    const end = at + 19 + fraction;
    this.#at = end + 2;
    const plain =
      bytes[at + 10] === 0x54 && bytes[at + 13] === colon && bytes[at + 16] === colon && bytes[end] === 0x5a;
    // A part that is no number is NaN here, which no comparison holds for.
    if (!(plain && bytes[end + 1] === quote && hour <= 23 && minute <= 59 && second <= 59 && ms >= 0))
      this.fail();
    return this.#date(at) + ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
  }

  number(): number {
    const negative = this.#skipExactly(minus);
    const from = this.#at;
    let digits = this.#digits(0);
    const whole = this.#at - from;
    // `01` is no number in JSON.
    if (whole === 0 || (whole > 1 && this.#bytes[from] === zero)) this.fail();
    let fraction = 0;
    if (this.#bytes[this.#at] === point) {
      const start = ++this.#at;
      digits = this.#digits(digits);
      fraction = this.#at - start;
      if (fraction === 0) this.fail();
    }
    const next = this.#bytes[this.#at];
    if (whole + fraction > exactDigits || next === 0x65 || next === 0x45) this.fail();
    // Both are exact, so that the quotient is what `JSON.parse` gives.
    const value = fraction === 0 ? digits : digits / 10 ** fraction;
    return negative ? -value : value;
  }

  boolean(): boolean {
    const is = this.#bytes[this.#at] === 0x74;
    this.#word(is ? 'true' : 'false');
    return is;
  }

  /** Takes `null` where it stands here. */
  isNull(): boolean {
    if (this.#bytes[this.#at] !== 0x6e) return false;
    this.#word('null');
    return true;
  }

  #word(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[this.#at + i] !== word.charCodeAt(i)) {
        this.fail();
        return;
      }
    }
    this.#at += word.length;
  }

  #space(): void {
    while (isSpace(this.#bytes[this.#at]!)) this.#at++;
  }

  /** Takes a byte, after space, where it stands here. */
  #skip(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) this.#space();
    return this.#skipExactly(byte);
  }

  #skipExactly(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#skip(byte)) this.fail();
  }

  /** Place of the quote that ends a text without escapes and letters outside of ASCII. */
  #endOfText(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (kinds[bytes[at]!] === plainLetter) at++;
    if (bytes[at] === quote) return at;
    this.fail();
    return this.#at;
  }

  #digits(before: number): number {
    let value = before;
    for (;;) {
      const digit = this.#bytes[this.#at]! - zero;
      if (!(digit >= 0 && digit <= 9)) return value;
      value = 10 * value + digit;
      this.#at++;
    }
  }

  /** Two digits as a number, or NaN. */
  #two(at: number): number {
    const tens = this.#bytes[at]! - zero;
    const ones = this.#bytes[at + 1]! - zero;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
  }

  /** Start of the day whose date begins at `at`, in ms. */
  #date(at: number): number {
    const key =
      (this.#two(at) * 100 + this.#two(at + 2)) * 10_000 + this.#two(at + 5) * 100 + this.#two(at + 8);
    const known = this.#dates.get(key);
    const dashes = this.#bytes[at + 4] === minus && this.#bytes[at + 7] === minus;
    if (known !== undefined && dashes) return known;
    const ms = utcMs(`${String.fromCharCode(...this.#bytes.subarray(at, at + 10))}T00:00:00Z`);
    if (Number.isNaN(ms)) {
      this.fail();
      return 0;
    }
    if (this.#dates.size >= rememberedDates) this.#dates.clear();
    this.#dates.set(key, ms);
    return ms;
  }
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const plainLetter = 0;
/** Not ASCII. */
const otherLetter = 1;
/** Does not stand for itself within a text. */
const noLetter = 2;
/** The kind of each byte. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20 || byte === quote || byte === backslash) return noLetter;
  return byte < 0x80 ? plainLetter : otherLetter;
});
