import type { Tier } from '@seamwatch/contracts/measures.ts';
import { HashIndex } from '../hash/hash-index.ts';
import { type Attributes, cellKey } from './cell.ts';

/**
 * Numbers of cells by what they are made of. Each value has a small number, those of a cell make 64 bits, and these find the
 * cell: its key, a text of some seventy letters, is made once a cell and not once an event, where it takes 1 µs.
 */
export class CellNumbers {
  readonly #number: (key: string) => number;
  readonly #index = new HashIndex();
  readonly #tier = new Values(1);
  readonly #path = new Values(2);
  readonly #complexity = new Values(2);
  readonly #emotion = new Values(2);
  readonly #valueBand = new Values(3);
  readonly #channel = new Values(10);
  readonly #category = new Values(12);
  readonly #market = new Values(10);
  readonly #language = new Values(10);
  readonly #model = new Values(12);

  /** `number` gives the number of a key, new or known; always the same. */
  constructor(number: (key: string) => number) {
    this.#number = number;
  }

  of(tier: Tier, a: Attributes): number {
    let hi = this.#tier.add(0, tier);
    hi = this.#path.add(hi, a.path);
    hi = this.#complexity.add(hi, a.complexity);
    hi = this.#emotion.add(hi, a.emotion);
    hi = this.#valueBand.add(hi, a.valueBand);
    hi = this.#channel.add(hi, a.channel);
    hi = this.#category.add(hi, a.category);
    let lo = this.#market.add(0, a.market);
    lo = this.#language.add(lo, a.language);
    lo = this.#model.add(lo, a.modelVersion);
    if (Number.isNaN(hi) || Number.isNaN(lo)) return this.#number(cellKey(tier, a));
    // Mixed, so that all bits find the slot; each step can be undone, so that no two cells meet.
    hi = Math.imul(hi ^ (hi >>> 15), 0x85ebca6b) >>> 0;
    lo = (Math.imul(lo, 0x9e3779b1) ^ hi) >>> 0;
    lo = Math.imul(lo ^ (lo >>> 16), 0xc2b2ae35) >>> 0;
    const known = this.#index.get(hi, lo);
    if (known >= 0) return known;
    const number = this.#number(cellKey(tier, a));
    this.#index.set(hi, lo, number);
    return number;
  }

  /** The number is free for another cell. */
  forget(number: number): void {
    this.#index.deleteRow(number);
  }
}

/** Small numbers for the values of one attribute, as many as fit its bits. */
class Values {
  readonly #numbers = new Map<string, number>();
  readonly #size: number;

  constructor(bits: number) {
    this.#size = 2 ** bits;
  }

  /** The number of a value behind the bits so far; NaN where there are too many values. */
  add(bits: number, value: string): number {
    let number = this.#numbers.get(value);
    if (number === undefined) {
      number = this.#numbers.size;
      if (number === this.#size) return Number.NaN;
      this.#numbers.set(value, number);
    }
    return bits * this.#size + number;
  }
}
