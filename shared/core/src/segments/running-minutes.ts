import type { RatePoint } from '@seamwatch/contracts/measures.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { RollupGroup } from '../journeys/rollup.ts';

/**
 * What the minutes that have not closed add to the newest hour, by segment. Counts are added as they come, once somebody
 * looks; when a minute closes it is all added up anew. Where nobody looks it costs nothing.
 */
export class RunningMinutes {
  readonly #sums = new Map<number, Int32Array>();
  readonly #changed = new Set<number>();
  readonly #shown = new Map<number, Map<string, string>>();
  #fresh: RollupGroup[] = [];
  #stale = true;

  /** A group that waits for its minute. */
  add(group: RollupGroup): void {
    if (!this.#stale) this.#fresh.push(group);
  }

  /** A minute has closed. */
  reset(): void {
    this.#stale = true;
    this.#fresh = [];
  }

  /**
   * Segments whose counts have changed since the last call, with the counters of their newest hour. `waiting`: all groups;
   * `hour`: counters of the closed minutes; `add` adds a group's counts to counters.
   */
  *takeChanged(options: {
    waiting: Iterable<RollupGroup>;
    segmentsOf: (cell: number) => readonly number[];
    hour: (segment: number) => Int32Array;
    add: (counts: readonly number[], to: Int32Array) => void;
  }): Generator<[segment: number, counts: Int32Array]> {
    const { segmentsOf, hour, add } = options;
    if (this.#stale) {
      this.#sums.clear();
      this.#shown.clear();
    }
    for (const { cell, counts } of this.#stale ? options.waiting : this.#fresh) {
      for (const segment of segmentsOf(cell)) {
        add(
          counts,
          getOrAdd(this.#sums, segment, () => hour(segment).slice()),
        );
        this.#changed.add(segment);
      }
    }
    this.#stale = false;
    this.#fresh = [];
    for (const segment of this.#changed) yield [segment, this.#sums.get(segment)!];
    this.#changed.clear();
  }

  /** Those points of a segment that are not as they were shown last. */
  news(segment: number, points: readonly RatePoint[]): RatePoint[] {
    const shown = getOrAdd(this.#shown, segment, () => new Map<string, string>());
    return points.filter((point) => {
      const text = JSON.stringify(point);
      if (shown.get(point.measure) === text) return false;
      shown.set(point.measure, text);
      return true;
    });
  }
}
