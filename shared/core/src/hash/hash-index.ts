import { Rows, WordColumn } from '../bytes/rows.ts';

const fullest = 0.8;
const smallSlots = 131_072;
const hashBytes = 8;
/** Slots behind the last home, for those that do not find room at theirs. */
const leastSpare = 64;

/** What may be read of an index ahead of its being asked. */
export type IndexReads = Pick<HashIndex, 'prefetch' | 'likely'>;

/**
 * Row numbers by 64-bit hash, and hashes by row number: open addressing with linear probing, in order of `lo`. A slot is a row and
 * half of its hash, which says the slot's home as well: to find, to delete and to make room reads on in one place, and meets no
 * row in vain. In order, a hash that is not there is missed at the first larger one, and what is deleted moves few others.
 * 8 bytes a slot and 8 a row, where a `Map` with text keys takes more than a hundred. Hash halves are unsigned 32-bit; a
 * row has one hash.
 */
export class HashIndex {
  /** Hash halves of each row. */
  readonly hi: WordColumn;
  readonly lo: WordColumn;
  readonly #rows: Rows;
  /** Of each slot `lo`, and the row + 1; 0 there: free. The last is always free. */
  #table: Uint32Array;
  /** Homes; `#spare` more slots follow. */
  #slots: number;
  #spare = leastSpare;
  #size = 0;

  /** `rows`: where hashes are kept, in the first 8 bytes of each; else in rows of its own. */
  constructor({ rows = new Rows(hashBytes), capacity = 1_024 }: { rows?: Rows; capacity?: number } = {}) {
    this.#rows = rows;
    this.hi = new WordColumn(rows, 0);
    this.lo = new WordColumn(rows, 4);
    this.#slots = Math.ceil(Math.max(16, capacity / fullest));
    this.#table = this.#empty();
  }

  get size(): number {
    return this.#size;
  }

  /** The row, or -1. */
  get(hi: number, lo: number): number {
    const slot = this.#find(hi, lo);
    return slot < 0 ? -1 : this.#table[2 * slot + 1]! - 1;
  }

  /** Reads where a hash stands or would stand, so that it is in the processor's cache when it is asked for. */
  prefetch(lo: number): number {
    return this.#table[2 * this.#home(lo)]!;
  }

  /** The row that a hash most likely has, or -1, by its low half alone: no row is looked at. */
  likely(lo: number): number {
    const table = this.#table;
    const slot = this.#place(lo);
    return table[2 * slot] === lo ? table[2 * slot + 1]! - 1 : -1;
  }

  /** Adds a hash, or gives it another row. */
  set(hi: number, lo: number, row: number): void {
    this.#rows.reserve(row);
    const known = this.#find(hi, lo);
    this.hi.set(row, hi);
    this.lo.set(row, lo);
    if (known >= 0) {
      this.#table[2 * known + 1] = row + 1;
      return;
    }
    if (this.#size + 1 > fullest * this.#slots) this.#grow();
    while (!this.#insert(lo, row + 1)) this.#widen();
    this.#size++;
  }

  /** Removes a hash; those behind it move up, so that no tombstones pile up. */
  delete(hi: number, lo: number): boolean {
    const table = this.#table;
    let gap = this.#find(hi, lo);
    if (gap < 0) return false;
    for (let next = gap + 1; table[2 * next + 1] !== 0 && this.#home(table[2 * next]!) < next; next++) {
      table[2 * gap] = table[2 * next]!;
      table[2 * gap + 1] = table[2 * next + 1]!;
      gap = next;
    }
    table[2 * gap] = 0;
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

  /** The slot of a hash, or -1. */
  #find(hi: number, lo: number): number {
    const table = this.#table;
    for (let slot = this.#place(lo); table[2 * slot] === lo; slot++) {
      const row = table[2 * slot + 1]! - 1;
      if (row < 0) return -1;
      if (this.hi.get(row) === hi) return slot;
    }
    return -1;
  }

  /** From its home on, the first slot that is free or whose `lo` is not less. */
  #place(lo: number): number {
    const table = this.#table;
    let slot = this.#home(lo);
    while (table[2 * slot]! < lo && table[2 * slot + 1] !== 0) slot++;
    return slot;
  }

  /** Puts a new one in order; false where there is no spare slot left to move the others on. */
  #insert(lo: number, rowPlusOne: number): boolean {
    const table = this.#table;
    const place = this.#place(lo);
    let free = place;
    while (table[2 * free + 1] !== 0) free++;
    if (2 * free + 2 === table.length) return false;
    for (let slot = free; slot > place; slot--) {
      table[2 * slot] = table[2 * slot - 2]!;
      table[2 * slot + 1] = table[2 * slot - 1]!;
    }
    table[2 * place] = lo;
    table[2 * place + 1] = rowPlusOne;
    return true;
  }

  #home(lo: number): number {
    return Math.floor((lo / 2 ** 32) * this.#slots);
  }

  #empty(): Uint32Array {
    return new Uint32Array(2 * (this.#slots + this.#spare));
  }

  /** Twice as many slots while they are few, then a quarter more. */
  #grow(): void {
    this.#slots = Math.ceil(this.#slots * (this.#slots < smallSlots ? 2 : 1.25));
    this.#move();
  }

  /** Into a table of the present sizes: in order, so that memory is read and written in order. */
  #move(): void {
    const old = this.#table;
    const table = this.#empty();
    let free = 0;
    for (let at = 0; at < old.length; at += 2) {
      if (old[at + 1] === 0) continue;
      const slot = Math.max(free, this.#home(old[at]!));
      table[2 * slot] = old[at]!;
      table[2 * slot + 1] = old[at + 1]!;
      free = slot + 1;
    }
    this.#table = table;
    // Homes are rounded: there may be one more behind the last than before.
    if (2 * free >= table.length) this.#widen(old);
  }

  #widen(old = this.#table): void {
    this.#table = old;
    this.#spare *= 2;
    this.#move();
  }
}
