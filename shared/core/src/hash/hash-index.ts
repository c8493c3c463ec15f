import { Rows, WordColumn } from '../bytes/rows.ts';

const fullest = 0.8;
const smallSlots = 131_072;
const hashBytes = 8;

/**
 * Row numbers by 64-bit hash, and hashes by row number: open addressing with linear probing. A slot is a row and half of its
 * hash, which says the slot's home as well: to find, to delete and to make room reads on in one place, and meets no row in
 * vain. 8 bytes a slot and 8 a row, where a `Map` with text keys takes more than a hundred. Hash halves are unsigned 32-bit;
 * a row has one hash.
 */
export class HashIndex {
  /** Hash halves of each row. */
  readonly hi: WordColumn;
  readonly lo: WordColumn;
  readonly #rows: Rows;
  /** Of each slot `lo`, and the row + 1; 0 there: free. */
  #table: Uint32Array;
  #slots: number;
  #size = 0;

  /** `rows`: where hashes are kept, in the first 8 bytes of each; else in rows of its own. */
  constructor({ rows = new Rows(hashBytes), capacity = 1_024 }: { rows?: Rows; capacity?: number } = {}) {
    this.#rows = rows;
    this.hi = new WordColumn(rows, 0);
    this.lo = new WordColumn(rows, 4);
    this.#slots = Math.ceil(Math.max(16, capacity / fullest));
    this.#table = new Uint32Array(2 * this.#slots);
  }

  get size(): number {
    return this.#size;
  }

  /** The row, or -1. */
  get(hi: number, lo: number): number {
    return this.#table[2 * this.#find(hi, lo) + 1]! - 1;
  }

  /** Adds a hash, or gives it another row. */
  set(hi: number, lo: number, row: number): void {
    if (this.#size + 1 > fullest * this.#slots) this.#grow();
    this.#rows.reserve(row);
    const slot = this.#find(hi, lo);
    if (this.#table[2 * slot + 1] === 0) this.#size++;
    this.hi.set(row, hi);
    this.lo.set(row, lo);
    this.#put(slot, lo, row + 1);
  }

  /** Removes a hash; later ones of its run move up, so that no tombstones pile up. */
  delete(hi: number, lo: number): boolean {
    const table = this.#table;
    let gap = this.#find(hi, lo);
    if (table[2 * gap + 1] === 0) return false;
    for (let next = this.#after(gap); table[2 * next + 1] !== 0; next = this.#after(next)) {
      const home = this.#home(table[2 * next]!);
      if (this.#distance(home, next) < this.#distance(gap, next)) continue;
      this.#put(gap, table[2 * next]!, table[2 * next + 1]!);
      gap = next;
    }
    table[2 * gap + 1] = 0;
    this.#size--;
    return true;
  }

  /** Removes the hash of a row, if it has one. */
  deleteRow(row: number): void {
    this.#rows.reserve(row);
    const [hi, lo] = [this.hi.get(row), this.lo.get(row)];
    if (this.get(hi, lo) === row) this.delete(hi, lo);
  }

  /** The slot of a hash, or the free one that ends its run. */
  #find(hi: number, lo: number): number {
    const table = this.#table;
    for (let slot = this.#home(lo); ; slot = this.#after(slot)) {
      const row = table[2 * slot + 1]! - 1;
      if (row < 0 || (table[2 * slot] === lo && this.hi.get(row) === hi)) return slot;
    }
  }

  #put(slot: number, lo: number, rowPlusOne: number): void {
    this.#table[2 * slot] = lo;
    this.#table[2 * slot + 1] = rowPlusOne;
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

  /** Twice as many slots while they are few, then a quarter more; their order stays nearly the same, so that memory is read and written in order. */
  #grow(): void {
    const old = this.#table;
    this.#slots = Math.ceil(this.#slots * (this.#slots < smallSlots ? 2 : 1.25));
    this.#table = new Uint32Array(2 * this.#slots);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i + 1] === 0) continue;
      let slot = this.#home(old[i]!);
      while (this.#table[2 * slot + 1] !== 0) slot = this.#after(slot);
      this.#put(slot, old[i]!, old[i + 1]!);
    }
  }
}
