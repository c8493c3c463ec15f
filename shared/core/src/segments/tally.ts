import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';

/** Adds up triples (slot, counter, delta); the slot is a cell or a segment. */
export class Tally {
  readonly #sums = new Map<number, number>();
  readonly #stride: number;

  constructor(stride: number) {
    this.#stride = stride;
  }

  add(slot: number, counter: number, delta: number): void {
    const at = slot * this.#stride + counter;
    const sum = (this.#sums.get(at) ?? 0) + delta;
    if (sum === 0) this.#sums.delete(at);
    else this.#sums.set(at, sum);
  }

  get(slot: number, counter: number): number {
    return this.#sums.get(slot * this.#stride + counter) ?? 0;
  }

  each(visit: (slot: number, counter: number, sum: number) => void): void {
    for (const [at, sum] of this.#sums) visit(Math.floor(at / this.#stride), at % this.#stride, sum);
  }

  get empty(): boolean {
    return this.#sums.size === 0;
  }

  encode(to: ByteWriter): void {
    to.int(this.#sums.size);
    let last = 0;
    for (const [at, sum] of [...this.#sums].sort((a, b) => a[0] - b[0])) {
      to.int(at - last).int(sum);
      last = at;
    }
  }

  decode(from: ByteReader): this {
    let at = 0;
    for (let n = from.int(); n > 0; n--) {
      at += from.int();
      this.#sums.set(at, from.int());
    }
    return this;
  }
}
