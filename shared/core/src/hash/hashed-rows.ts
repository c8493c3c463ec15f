import { Rows, type WordColumn } from '../bytes/rows.ts';
import { HashIndex, type IndexReads } from './hash-index.ts';
import { RowQueue } from './row-queue.ts';

/** Rows that are found by a 64-bit hash, which stands in the first 8 bytes of each. Rows that were removed are used again. */
export class HashedRows {
  readonly rows: Rows;
  /** Hash halves of each row. */
  readonly hi: WordColumn;
  readonly lo: WordColumn;
  readonly #byHash: HashIndex;
  readonly #free = new RowQueue();
  #end = 0;

  /** `bytesEach`: of a row, its hash included; a multiple of 8. */
  constructor(bytesEach: number) {
    this.rows = new Rows(bytesEach);
    this.#byHash = new HashIndex({ rows: this.rows });
    this.hi = this.#byHash.hi;
    this.lo = this.#byHash.lo;
  }

  get size(): number {
    return this.#byHash.size;
  }

  /** No row has this number or a larger one. */
  get end(): number {
    return this.#end;
  }

  /** The row, or -1. */
  find(hi: number, lo: number): number {
    return this.#byHash.get(hi, lo);
  }

  /** The index of the hashes, to be read ahead. */
  get slots(): IndexReads {
    return this.#byHash;
  }

  /** A row for a hash that has none; of what it holds but the hash nothing is known. */
  add(hi: number, lo: number): number {
    const row = this.#free.shift() ?? this.#end++;
    this.#byHash.set(hi, lo, row);
    return row;
  }

  remove(row: number): void {
    this.#byHash.delete(this.hi.get(row), this.lo.get(row));
    this.#free.push(row);
  }

  /** Rows in use, in no particular order. */
  *inUse(): Generator<number> {
    const free = new Set(this.#free);
    for (let row = 0; row < this.#end; row++) if (!free.has(row)) yield row;
  }
}
