import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { Place } from './cell-places.ts';

/** Counter and number, counter and number, … */
export type Counts = readonly number[];

/** Counts by place, added up; a place has few counters of all that there are. */
export class Tally {
  /** By rising counter; a sum that has come back to 0 stays among them. */
  readonly #places = new Map<Place, number[]>();
  readonly #stride: number;

  /** `stride`: number of counters. */
  constructor(stride: number) {
    this.#stride = stride;
  }

  add(place: Place, counts: Counts): void {
    const sums = this.#of(place);
    for (let i = 0; i < counts.length; i += 2) addTo(sums, counts[i]!, counts[i + 1]!);
  }

  subtract(place: Place, counts: Counts): void {
    const sums = this.#of(place);
    for (let i = 0; i < counts.length; i += 2) addTo(sums, counts[i]!, -counts[i + 1]!);
  }

  #of(place: Place): number[] {
    return getOrAdd(this.#places, place, () => []);
  }

  clear(): void {
    this.#places.clear();
  }

  /** Every place that was added to, also where all has cancelled out. */
  each(visit: (place: Place, sums: Counts) => void): void {
    for (const [place, sums] of this.#places) visit(place, sums);
  }

  /** By place and counter, so that neither the order of adding nor what has cancelled out leaves a trace. */
  encode(to: ByteWriter): void {
    let n = 0;
    for (const sums of this.#places.values()) for (let i = 1; i < sums.length; i += 2) if (sums[i] !== 0) n++;
    to.int(n);
    let last = 0;
    for (const place of Uint32Array.from(this.#places.keys()).sort()) {
      const sums = this.#places.get(place)!;
      for (let i = 0; i < sums.length; i += 2) {
        if (sums[i + 1] === 0) continue;
        const at = place * this.#stride + sums[i]!;
        to.int(at - last).int(sums[i + 1]!);
        last = at;
      }
    }
  }

  decode(from: ByteReader): this {
    let at = 0;
    for (let n = from.int(); n > 0; n--) {
      at += from.int();
      this.#of(Math.floor(at / this.#stride)).push(at % this.#stride, from.int());
    }
    return this;
  }
}

function addTo(sums: number[], counter: number, delta: number): void {
  let low = 0;
  let high = sums.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[2 * middle]! < counter) low = middle + 1;
    else high = middle;
  }
  const at = 2 * low;
  if (sums[at] === counter) {
    sums[at + 1] = sums[at + 1]! + delta;
    return;
  }
  sums.push(counter, delta);
  // A loop: lists are short, and counters come by rising number as a rule.
  for (let i = sums.length - 1; i > at + 1; i--) sums[i] = sums[i - 2]!;
  sums[at] = counter;
  sums[at + 1] = delta;
}
