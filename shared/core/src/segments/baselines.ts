import { type Family, families } from '@seamwatch/contracts/measures.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { type Baseline, type Freeze, learnBaseline, learnFrom, learningDays } from '../detection/baseline.ts';
import { BaselineHistory } from '../detection/history.ts';
import { type SeriesBaseline, seriesBaselines } from '../detection/series-baseline.ts';
import type { DayNumber } from './calendar.ts';
import { scaleOf } from './families.ts';

/** Days that a baseline needs before anything is judged by it: four whole weeks. */
const leastDays = 28;
/** While young a baseline is learned every second week, later every fourth: it moves little by then, and learning is dear. */
const youngDays = 70;

/** A series' evidence, or its open alert, keeps these days out of the baseline. `to` is +∞ while it stands. */
export interface SeriesFreeze {
  family: Family;
  segment: number;
  from: DayNumber;
  to: DayNumber;
}

/** How many cells and segments there were, in the order of their naming. */
export interface Known {
  cells: number;
  segments: number;
}

/** What a family was learned from last: with its history, all it takes to learn the same again. */
interface Learned {
  today: DayNumber;
  freezes: SeriesFreeze[];
  /** Cells and segments that came later say nothing until the family is learned anew. */
  known: Known;
}

/** What is expected, per family and stratum: histories, and the baselines learned from them. */
export class Baselines {
  readonly #histories = new Map<Family, BaselineHistory>(families.map((f) => [f, new BaselineHistory()]));
  readonly #learned = new Map<Family, Baseline>();
  readonly #logits = new Map<Family, Map<number, number>>(families.map((f) => [f, new Map()]));
  /** Segments that a stratum's cells belong to. */
  readonly #segments = new Map<Family, Map<string, Set<number>>>(families.map((f) => [f, new Map()]));
  readonly #last = new Map<Family, Learned>();
  readonly #lastChanged = new Set<Family>();

  /** Number of a stratum, whose cell belongs to `segments`. */
  stratum(family: Family, key: string, segments: readonly number[]): number {
    const of = getOrAdd(this.#segments.get(family)!, key, () => new Set<number>());
    for (const segment of segments) of.add(segment);
    return this.#histories.get(family)!.stratum(key);
  }

  add(
    family: Family,
    stratum: number,
    day: DayNumber,
    hourOfWeek: number,
    n: number,
    sum: number,
    squares = sum,
  ): void {
    this.#histories.get(family)!.add(stratum, day, hourOfWeek, n, sum, squares);
  }

  has(family: Family): boolean {
    return this.#learned.has(family);
  }

  /** Expected probability, or mean dissatisfaction, of a stratum in an hour of the week; undefined while nothing is learned. */
  expected(family: Family, stratum: number, hourOfWeek: number): number | undefined {
    const baseline = this.#learned.get(family);
    if (!baseline) return undefined;
    const logit = getOrAdd(this.#logits.get(family)!, stratum, () =>
      baseline.logit(this.#histories.get(family)!.strata[stratum]!),
    );
    return baseline.probability(logit, hourOfWeek);
  }

  /** Is there to be learned on this Monday? */
  due(monday: DayNumber): boolean {
    const oldest = Math.min(...[...this.#histories.values()].map((h) => h.days()[0] ?? monday));
    if (monday - oldest < leastDays + learnFrom.olderThanDays) return false;
    return Math.floor(monday / 7) % (monday - oldest < youngDays ? 2 : 4) === 0;
  }

  /**
   * Learns anew from the days before `today`, save the frozen ones. A family with too little to learn from keeps what it has.
   * Gives the families that were learned, each with the first day that it still reaches back to.
   */
  learn(today: DayNumber, freezes: readonly SeriesFreeze[], known: Known): Map<Family, DayNumber> {
    const reached = new Map<Family, DayNumber>();
    for (const family of families) {
      const history = this.#histories.get(family)!;
      const own = freezes.filter((f) => f.family === family).map((f) => ({ ...f }));
      if (!this.#relearn(family, { today, freezes: own, known })) continue;
      this.#lastChanged.add(family);
      const days = learningDays(today, history, this.#freezes(family, own));
      const first = days.length < learnFrom.days ? Number.NEGATIVE_INFINITY : days.at(-1)!;
      // Hours are learned by the week: some days more than are reached.
      history.prune(first - 14);
      reached.set(family, first);
    }
    return reached;
  }

  #relearn(family: Family, from: Learned): boolean {
    const baseline = learnBaseline(this.#histories.get(family)!, {
      today: from.today,
      scale: scaleOf(family),
      freezes: this.#freezes(family, from.freezes),
    });
    if (baseline.from === null || baseline.to === null || baseline.to - baseline.from + 1 < leastDays)
      return false;
    this.#learned.set(family, baseline);
    this.#logits.get(family)!.clear();
    this.#last.set(family, from);
    return true;
  }

  #freezes(family: Family, freezes: readonly SeriesFreeze[]): Freeze[] {
    return freezes.map(({ segment, from, to }) => ({ includes: this.#includes(family, segment), from, to }));
  }

  #includes(family: Family, segment: number): (key: string) => boolean {
    const segmentsOf = this.#segments.get(family)!;
    return (key) => segmentsOf.get(key)?.has(segment) ?? false;
  }

  /** What had been known when a family was learned last; nothing where it never was. */
  known(family: Family): Known {
    return this.#last.get(family)?.known ?? { cells: 0, segments: 0 };
  }

  /** What the baseline of a family knows about the series of each segment. To be asked right after it was learned, or restored. */
  series(family: Family, segments: readonly number[]): SeriesBaseline[] {
    const baseline = this.#learned.get(family);
    const last = this.#last.get(family);
    if (!baseline || !last) return [];
    return seriesBaselines(
      this.#histories.get(family)!,
      baseline,
      segments.map((segment) => this.#includes(family, segment)),
      { today: last.today, freezes: this.#freezes(family, last.freezes) },
    );
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    for (const [i, family] of families.entries()) {
      for (const { name, bytes } of this.#histories.get(family)!.takeChanges()) {
        yield { key: `${i}${name}`, value: bytes.length > 0 ? bytes : null };
      }
    }
    for (const family of this.#lastChanged) {
      // JSON has no +∞; null stands for it.
      const value = new TextEncoder().encode(JSON.stringify(this.#last.get(family)));
      yield { key: `l${families.indexOf(family)}`, value };
    }
    this.#lastChanged.clear();
  }

  restore(key: string, value: Uint8Array): void {
    if (key[0] === 'l') {
      const last = JSON.parse(new TextDecoder().decode(value)) as Learned;
      const freezes = last.freezes.map((f) => ({ ...f, to: f.to ?? Number.POSITIVE_INFINITY }));
      this.#last.set(families[Number(key[1])]!, { ...last, freezes });
      return;
    }
    this.#histories.get(families[Number(key[0])]!)!.restore(key.slice(1), value);
  }

  /** After the last record, and after the strata that were known when each family was learned have been named again. */
  restored(): void {
    for (const [family, last] of this.#last) this.#relearn(family, last);
  }
}
