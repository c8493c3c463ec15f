import { grown } from '../bytes/columns.ts';

const fullest = 0.8;
const growth = 1.25;

/**
 * Row numbers by 64-bit hash, and hashes by row number: open addressing with linear probing over typed columns. A slot is a
 * row and one byte of its hash, so that a probe reads on in one small column and seldom meets a row in vain. 5 bytes a slot
 * and 8 a row, where a `Map` with text keys takes more than a hundred. Hash halves are unsigned 32-bit; a row has one hash.
 */
export class HashIndex {
  /** Hash halves of each row. */
  hi = new Uint32Array(1024);
  lo = new Uint32Array(1024);
  /** 0: free. */
  #tag: Uint8Array;
  #row: Int32Array;
  #slots: number;
  #size = 0;

  constructor(capacity = 1024) {
    this.#slots = Math.ceil(Math.max(16, capacity / fullest));
    this.#tag = new Uint8Array(this.#slots);
    this.#row = new Int32Array(this.#slots);
  }

  get size(): number {
    return this.#size;
  }

  /** The row, or -1. */
  get(hi: number, lo: number): number {
    const slot = this.#find(hi, lo);
    return this.#tag[slot] === 0 ? -1 : this.#row[slot]!;
  }

  /** Adds a hash, or gives it another row. */
  set(hi: number, lo: number, row: number): void {
    if (this.#size + 1 > fullest * this.#slots) this.#grow();
    while (row >= this.hi.length) {
      this.hi = grown(this.hi);
      this.lo = grown(this.lo);
    }
    this.hi[row] = hi;
    this.lo[row] = lo;
    const slot = this.#find(hi, lo);
    if (this.#tag[slot] === 0) this.#size++;
    this.#tag[slot] = tagOf(hi);
    this.#row[slot] = row;
  }

  /** Removes a hash; later ones of its run move up, so that no tombstones pile up. */
  delete(hi: number, lo: number): boolean {
    let gap = this.#find(hi, lo);
    if (this.#tag[gap] === 0) return false;
    for (let next = this.#after(gap); this.#tag[next] !== 0; next = this.#after(next)) {
      const home = this.#home(this.lo[this.#row[next]!]!);
      if (this.#distance(home, next) < this.#distance(gap, next)) continue;
      this.#tag[gap] = this.#tag[next]!;
      this.#row[gap] = this.#row[next]!;
      gap = next;
    }
    this.#tag[gap] = 0;
    this.#size--;
    return true;
  }

  /** The slot of a hash, or the free one that ends its run. */
  #find(hi: number, lo: number): number {
    const tag = tagOf(hi);
    for (let slot = this.#home(lo); ; slot = this.#after(slot)) {
      const found = this.#tag[slot]!;
      if (found === 0) return slot;
      if (found !== tag) continue;
      const row = this.#row[slot]!;
      if (this.lo[row] === lo && this.hi[row] === hi) return slot;
    }
  }

  #home(lo: number): number {
    return Math.floor((lo / 2 ** 32) * this.#slots);
  }

  #after(slot: number): number {
    return slot + 1 === this.#slots ? 0 : slot + 1;
  }

  #distance(from: number, to: number): number {
    return to >= from ? to - from : to - from + this.#slots;
  }

  #grow(): void {
    const [oldTag, oldRow] = [this.#tag, this.#row];
    this.#slots = Math.ceil(this.#slots * growth);
    this.#tag = new Uint8Array(this.#slots);
    this.#row = new Int32Array(this.#slots);
    for (let i = 0; i < oldTag.length; i++) {
      if (oldTag[i] === 0) continue;
      let slot = this.#home(this.lo[oldRow[i]!]!);
      while (this.#tag[slot] !== 0) slot = this.#after(slot);
      this.#tag[slot] = oldTag[i]!;
      this.#row[slot] = oldRow[i]!;
    }
  }
}

/** Never 0. */
const tagOf = (hi: number): number => (hi & 0x7f) | 0x80;
