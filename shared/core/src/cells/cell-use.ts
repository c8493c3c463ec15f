/** How many interactions and open handoffs stand in each cell, by its number. */
export class CellUse {
  #counts = new Int32Array(1_024);
  #left: number[] = [];

  enter(cell: number): void {
    if (cell >= this.#counts.length) this.#grow(cell);
    this.#counts[cell]!++;
  }

  leave(cell: number): void {
    if (--this.#counts[cell]! === 0) this.#left.push(cell);
  }

  /** Cells that were left since the last call and in which nobody stands now, each once. */
  takeEmpty(): number[] {
    const empty = [...new Set(this.#left)].filter((cell) => this.#counts[cell] === 0);
    this.#left = [];
    return empty;
  }

  /** Cells of these numbers in which nobody stands count as left. */
  restored(cells: Iterable<number>): void {
    for (const cell of cells) if (!this.#counts[cell]) this.#left.push(cell);
  }

  #grow(cell: number): void {
    const counts = new Int32Array(Math.max(cell + 1, 2 * this.#counts.length));
    counts.set(this.#counts);
    this.#counts = counts;
  }
}
