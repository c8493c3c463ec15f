/**
 * The order of cells by their keys, whatever the order in which sources came. Each gets its rank once; from then on ranks are
 * compared, which are numbers, where keys are long and begin alike.
 */
export class CellOrder {
  readonly #key: (cell: number) => string;
  readonly #sorted: number[] = [];
  /** Where each cell stands in `#sorted`. */
  readonly #ranks: (number | undefined)[] = [];

  constructor(key: (cell: number) => string) {
    this.#key = key;
  }

  /** Gives cells their ranks, which can move those of others. */
  meet(cells: Iterable<number>): void {
    let first = this.#sorted.length;
    for (const cell of cells) {
      if (this.#ranks[cell] !== undefined) continue;
      const at = this.#rankOf(this.#key(cell));
      this.#sorted.splice(at, 0, cell);
      this.#ranks[cell] = at;
      if (at < first) first = at;
    }
    for (let at = first; at < this.#sorted.length; at++) this.#ranks[this.#sorted[at]!] = at;
  }

  /** Of two cells that were met. */
  readonly compare = (a: number, b: number): number => this.#ranks[a]! - this.#ranks[b]!;

  /** Items by their cells, which were met; those of one cell stay as they are. */
  sorted<T>(items: readonly T[], cellOf: (item: T) => number): T[] {
    // Numbers sort without a call for each two of them.
    const n = items.length;
    const keys = Float64Array.from(items, (item, i) => this.#ranks[cellOf(item)]! * n + i).sort();
    return Array.from(keys, (key) => items[key % n]!);
  }

  #rankOf(key: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#key(this.#sorted[middle]!) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
