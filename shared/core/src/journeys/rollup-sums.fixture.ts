import { decodeRollup } from './rollup.ts';

/** What rollups of stage A count in all, by `cell minute counter`. */
export class RollupSums {
  readonly #cells = new Map<string, string>();
  readonly #sums = new Map<string, number>();

  /** `unit` tells whose rollup it is: each numbers its cells by itself. */
  add(value: Uint8Array, unit: string | null = null): void {
    const { cells, groups } = decodeRollup(value);
    for (const { id, key } of cells) this.#cells.set(`${unit} ${id}`, key);
    for (const { cell, minute, counts } of groups) {
      for (let i = 0; i < counts.length; i += 2) {
        const name = `${this.#cells.get(`${unit} ${cell}`)} ${minute} ${counts[i]}`;
        this.#sums.set(name, (this.#sums.get(name) ?? 0) + counts[i + 1]!);
      }
    }
  }

  /** Sums that are not 0, in order of their names. */
  get sums(): Record<string, number> {
    return Object.fromEntries([...this.#sums].filter(([, n]) => n !== 0).sort());
  }
}
