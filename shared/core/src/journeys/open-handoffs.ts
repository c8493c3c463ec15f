import { dayMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import type { KnownCells } from './known-cells.ts';
import type { RollupWriter } from './rollup.ts';

export interface OpenHandoff {
  minute: Minute;
  cell: number;
}

/** Handoffs told live whose interaction has not closed yet: a provisional figure, in no rate. Keyed by the interaction's hash. */
export class OpenHandoffs {
  readonly #open = new Map<string, OpenHandoff>();
  readonly #rollup: RollupWriter;
  readonly #counter: number;
  readonly #cells: KnownCells;

  constructor(rollup: RollupWriter, counter: number, cells: KnownCells) {
    this.#rollup = rollup;
    this.#counter = counter;
    this.#cells = cells;
  }

  get size(): number {
    return this.#open.size;
  }

  get(key: string): OpenHandoff | undefined {
    return this.#open.get(key);
  }

  /** Puts one back that was counted before. */
  restore(key: string, handoff: OpenHandoff | undefined): void {
    if (handoff) this.#open.set(key, handoff);
    else this.#open.delete(key);
  }

  /** After the last. */
  restored(): void {
    for (const { cell } of this.#open.values()) this.#cells.enter(cell);
  }

  begin(key: string, handoff: OpenHandoff, stamp: Minute): void {
    this.#open.set(key, handoff);
    this.#cells.enter(handoff.cell);
    this.#rollup.begin(handoff.cell, handoff.minute, stamp, true).add(this.#counter, 1);
  }

  /** False where none was open. */
  end(key: string, stamp: Minute): boolean {
    const handoff = this.#open.get(key);
    if (!handoff) return false;
    this.#open.delete(key);
    this.#cells.leave(handoff.cell);
    this.#rollup.begin(handoff.cell, handoff.minute, stamp, true).add(this.#counter, -1);
    return true;
  }

  /** Keys of those that began more than a day ago: their interaction's close was lost. */
  olderThanADay(nowMs: number): string[] {
    return [...this.#open].filter(([, { minute }]) => minute * minuteMs <= nowMs - dayMs).map(([key]) => key);
  }
}
