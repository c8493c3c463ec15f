import type { Fits } from '../fits.ts';

const slots = 1024;
/** A text is looked for in so many slots. */
const places = 8;

/**
 * Texts that come again and again, by their bytes: each is made and checked once, and not once an event. Holds a bounded
 * number of them; one that finds no place takes another's.
 */
export class Names {
  readonly #fits: Fits;
  readonly #bytes: (Uint8Array | undefined)[] = new Array(slots).fill(undefined);
  readonly #texts: string[] = new Array(slots).fill('');

  /** `fits`: which texts are right. */
  constructor(fits: Fits) {
    this.#fits = fits;
  }

  /** The text between two places; undefined where it is not right, or no UTF-8. */
  get(bytes: Uint8Array, from: number, to: number): string | undefined {
    const home = homeOf(bytes, from, to);
    let slot = home;
    for (let tries = 0; tries < places; tries++) {
      const known = this.#bytes[slot];
      if (known === undefined) break;
      if (isSame(known, bytes, from, to)) return this.#texts[slot]!;
      slot = (slot + 1) & (slots - 1);
    }
    // A copy, which `slice` of a buffer would not be: what is remembered must not hold what it came in.
    const own = new Uint8Array(bytes.subarray(from, to));
    return this.#learn(own, this.#bytes[slot] === undefined ? slot : home);
  }

  #learn(bytes: Uint8Array, slot: number): string | undefined {
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return undefined;
    }
    if (!this.#fits(text)) return undefined;
    this.#bytes[slot] = bytes;
    this.#texts[slot] = text;
    return text;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  const { length } = known;
  if (length !== to - from) return false;
  for (let i = 0; i < length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}

/** By the length and at most eight bytes, evenly spread. */
function homeOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  const step = 1 + ((to - from) >>> 3);
  for (let at = from; at < to; at += step) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
  return (hash ^ (hash >>> 11)) & (slots - 1);
}
