import type { Family } from '@seamwatch/contracts/measures.ts';
import type { SeriesFreeze } from './baselines.ts';
import type { DayNumber } from './calendar.ts';
import type { SeriesTable } from './series.ts';

/** Days that baselines must not learn from: of changes that stand, and of those that are over until a person re-bases. */
export class Freezes {
  readonly #table: SeriesTable;
  #past: SeriesFreeze[] = [];
  #changed = false;

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  /** A change of a segment's families is over; its days from `from` on, where it has any, stay out. `to` is exclusive. */
  add(segment: number, families: readonly Family[], from: DayNumber | undefined, to: DayNumber): void {
    if (from === undefined) return;
    for (const family of families) this.#past.push({ family, segment, from, to });
    this.#changed = true;
  }

  /** A person has re-based: only days from `to` on are learned from. */
  rebase(segment: number, family: Family, to: DayNumber): void {
    this.#past = this.#past.filter((f) => f.family !== family || f.segment !== segment);
    this.add(segment, [family], 0, to);
  }

  /** Drops those that end before what each family still reaches back to. */
  prune(reached: ReadonlyMap<Family, DayNumber>): void {
    const felt = this.#past.filter(
      ({ family, to }) => to > (reached.get(family) ?? Number.NEGATIVE_INFINITY),
    );
    this.#changed ||= felt.length < this.#past.length;
    this.#past = felt;
  }

  all(): SeriesFreeze[] {
    const to = Number.POSITIVE_INFINITY;
    const standing: SeriesFreeze[] = [];
    for (const { family, segment, frozenFrom: from } of this.#table.all()) {
      if (from !== undefined) standing.push({ family, segment, from, to });
    }
    for (const { segment, frozenFrom: from } of this.#table.composites()) {
      if (from === undefined) continue;
      for (const { family } of this.#table.of(segment)) standing.push({ family, segment, from, to });
    }
    return [...this.#past, ...standing];
  }

  /** Those of the past, where they have changed since the last call. */
  takeState(): readonly SeriesFreeze[] | undefined {
    if (!this.#changed) return undefined;
    this.#changed = false;
    return this.#past;
  }

  restore(past: SeriesFreeze[]): void {
    this.#past = past;
  }
}
