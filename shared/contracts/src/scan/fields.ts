import { quote } from './letters.ts';

/**
 * The fields of an object by their keys, and how each is read. The keys of one sender come in the same order in each event,
 * so that one look finds them. At most 31.
 */
export class Fields {
  /** Bits of those that must be there. */
  readonly needed: number;
  readonly #keys: readonly Uint8Array[];
  readonly #read: readonly (() => void)[];
  readonly #other: () => void;
  /** Number of the field that came last at each place in the object. */
  readonly #last: number[] = [];

  /** `other` reads the value of any other key. */
  constructor(read: Readonly<Record<string, () => void>>, needed: readonly string[], other: () => void) {
    const names = Object.keys(read);
    this.#keys = names.map((name) => encoder.encode(name));
    this.#read = Object.values(read);
    this.#other = other;
    this.needed = needed.reduce((bits, name) => bits | (1 << names.indexOf(name)), 0);
  }

  /** Number of the field whose key begins at `at` and ends with a quote; −1 where it is none of these. */
  find(bytes: Uint8Array, at: number, place: number): number {
    const last = this.#last[place];
    if (last !== undefined && this.#is(last, bytes, at)) return last;
    for (let field = 0; field < this.#keys.length; field++) {
      if (!this.#is(field, bytes, at)) continue;
      this.#last[place] = field;
      return field;
    }
    return -1;
  }

  /** Letters of the key. */
  length(field: number): number {
    return this.#keys[field]!.length;
  }

  read(field: number): void {
    if (field < 0) this.#other();
    else this.#read[field]!();
  }

  #is(field: number, bytes: Uint8Array, at: number): boolean {
    const key = this.#keys[field]!;
    const { length } = key;
    if (bytes[at + length] !== quote) return false;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== key[i]) return false;
    return true;
  }
}

const encoder = new TextEncoder();
