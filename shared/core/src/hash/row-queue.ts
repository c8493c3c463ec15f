import { grown } from '../bytes/grown.ts';

/**
 * Row numbers that are free, the one that is free for the longest first. So rows are used in the order in which they were left, and
 * what came together lies together: to go through old ones is to read memory in order.
 */
export class RowQueue {
  /** A ring. */
  #rows = new Int32Array(64);
  /** Counted on without end; their place in the ring is the rest. */
  #first = 0;
  #end = 0;

  push(row: number): void {
    if (this.#end - this.#first === this.#rows.length) this.#grow();
    this.#rows[this.#place(this.#end++)] = row;
  }

  /** Undefined where there is none. */
  shift(): number | undefined {
    return this.#first === this.#end ? undefined : this.#rows[this.#place(this.#first++)];
  }

  *[Symbol.iterator](): Generator<number> {
    for (let at = this.#first; at < this.#end; at++) yield this.#rows[this.#place(at)]!;
  }

  #place(at: number): number {
    return at % this.#rows.length;
  }

  #grow(): void {
    const rows = Int32Array.from(this);
    this.#rows = grown(rows, 0);
    this.#first = 0;
    this.#end = rows.length;
  }
}
