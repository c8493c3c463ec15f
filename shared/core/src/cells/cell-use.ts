import { grown } from '../bytes/grown.ts';

/** How many interactions and open handoffs stand in each cell, by its number. */
export class CellUse {
  #counts = new Int32Array(1_024);
  #left: number[] = [];

  enter(cell: number): void {
    if (cell >= this.#counts.length) this.#counts = grown(this.#counts, cell + 1);
    this.#counts[cell]!++;
  }

  leave(cell: number): void {
    if (--this.#counts[cell]! === 0) this.#left.push(cell);
  }

  /** Cells that were left since the last call and in which nobody stands now, each once. */
  takeEmpty(): number[] {
    const empty = [...new Set(this.#left)].filter((cell) => this.#isEmpty(cell));
    this.#left = [];
    return empty;
  }

  /** Cells of these numbers in which nobody stands count as left. */
  restored(cells: Iterable<number>): void {
    for (const cell of cells) if (this.#isEmpty(cell)) this.#left.push(cell);
  }

  /** One beyond the counts was never entered. */
  #isEmpty(cell: number): boolean {
    return (this.#counts[cell] ?? 0) === 0;
  }
}
