import type { Fits } from '../fits.ts';

const slots = 1024;

/**
 * Texts that come again and again, by their bytes: each is made and checked once, and not once an event. Holds a bounded
 * number of them; what meets another in its place takes it.
 */
export class Names {
  readonly #fits: Fits;
  readonly #bytes: (Uint8Array | undefined)[] = new Array(slots).fill(undefined);
  readonly #texts: string[] = new Array(slots).fill('');

  /** `fits`: which texts are right. */
  constructor(fits: Fits) {
    this.#fits = fits;
  }

  /** The text between two places, with a hash of its bytes; undefined where it is not right, or no UTF-8. */
  get(bytes: Uint8Array, from: number, to: number, hash: number): string | undefined {
    const slot = (hash ^ (hash >>> 11)) & (slots - 1);
    const known = this.#bytes[slot];
    if (known !== undefined && isSame(known, bytes, from, to)) return this.#texts[slot]!;
    // A copy, which `slice` of a buffer would not be: what is remembered must not hold what it came in.
    return this.#learn(new Uint8Array(bytes.subarray(from, to)), slot);
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
