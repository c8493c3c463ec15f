import { type Family, families } from '@seamwatch/contracts/measures.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { type Baseline, learnBaseline } from '../detection/baseline.ts';
import { BaselineHistory } from '../detection/history.ts';
import { type Freeze, learnFrom, learningDays } from '../detection/learning-days.ts';
import { type SeriesBaseline, seriesBaselines } from '../detection/series-baseline.ts';
import type { DayNumber } from './calendar.ts';
import {
  type BaselineName,
  baselineNames,
  isLinked,
  type LinkedFamily,
  linkedName,
  scaleOf,
  withoutContext,
} from './families.ts';

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

/**
 * What is expected, per stratum of a family, and of a family given the earlier outcomes of the same interaction
 * (`linked`): histories, and the baselines learned from them. Both are learned at the same time from the same days.
 */
export class Baselines {
  readonly #histories = new Map(baselineNames.map((name) => [name, new BaselineHistory()]));
  readonly #learned = new Map<BaselineName, Baseline>();
  readonly #logits = new Map(baselineNames.map((name) => [name, new Map<number, number>()]));
  /** Segments that a stratum's cells belong to. */
  readonly #segments = new Map<Family, Map<string, Set<number>>>(families.map((f) => [f, new Map()]));
  readonly #last = new Map<BaselineName, Learned>();
  readonly #lastChanged = new Set<BaselineName>();

  /** Number of a stratum, whose cell belongs to `segments`. */
  stratum(family: Family, key: string, segments: readonly number[]): number {
    const of = getOrAdd(this.#segments.get(family)!, key, () => new Set<number>());
    for (const segment of segments) of.add(segment);
    return this.#histories.get(family)!.stratum(key);
  }

  /** Number of a stratum among those given earlier outcomes; it belongs where its stratum without them does. */
  linkedStratum(family: LinkedFamily, key: string): number {
    return this.#histories.get(linkedName(family))!.stratum(key);
  }

  add(
    name: BaselineName,
    stratum: number,
    day: DayNumber,
    hourOfWeek: number,
    n: number,
    sum: number,
    squares = sum,
  ): void {
    this.#histories.get(name)!.add(stratum, day, hourOfWeek, n, sum, squares);
  }

  /** Expected probability, or mean dissatisfaction, of a stratum in an hour of the week; undefined while nothing is learned. */
  expected(name: BaselineName, stratum: number, hourOfWeek: number): number | undefined {
    const baseline = this.#learned.get(name);
    if (!baseline) return undefined;
    const logit = getOrAdd(this.#logits.get(name)!, stratum, () =>
      baseline.logit(this.#histories.get(name)!.strata[stratum]!),
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
      const from = { today, freezes: own, known };
      if (!this.#relearn(family, from)) continue;
      this.#lastChanged.add(family);
      if (isLinked(family)) this.#relearnLinked(family, from);
      const days = learningDays(today, history, this.#freezes(family, own));
      const first = days.length < learnFrom.days ? Number.NEGATIVE_INFINITY : days.at(-1)!;
      // Hours are learned by the week: some days more than are reached.
      history.prune(first - 14);
      if (isLinked(family)) this.#histories.get(linkedName(family))!.prune(first - 14);
      reached.set(family, first);
    }
    return reached;
  }

  /** Both or none: where there is too little of the linked one, there is none. */
  #relearnLinked(family: LinkedFamily, from: Learned): void {
    const name = linkedName(family);
    if (!this.#relearn(name, from)) {
      this.#learned.delete(name);
      this.#last.delete(name);
    }
    this.#lastChanged.add(name);
  }

  #relearn(name: BaselineName, from: Learned): boolean {
    const baseline = learnBaseline(this.#histories.get(name)!, {
      today: from.today,
      scale: scaleOf(familyOf(name)),
      freezes: this.#freezes(name, from.freezes),
    });
    if (baseline.from === null || baseline.to === null || baseline.to - baseline.from + 1 < leastDays)
      return false;
    this.#learned.set(name, baseline);
    this.#logits.get(name)!.clear();
    this.#last.set(name, from);
    return true;
  }

  #freezes(name: BaselineName, freezes: readonly SeriesFreeze[]): Freeze[] {
    return freezes.map(({ segment, from, to }) => ({ includes: this.#includes(name, segment), from, to }));
  }

  #includes(name: BaselineName, segment: number): (key: string) => boolean {
    const family = familyOf(name);
    const segmentsOf = this.#segments.get(family)!;
    if (name === family) return (key) => segmentsOf.get(key)?.has(segment) ?? false;
    return (key) => segmentsOf.get(withoutContext(family as LinkedFamily, key))?.has(segment) ?? false;
  }

  /** What had been known when a family was learned last; nothing where it never was. */
  known(name: BaselineName): Known {
    return this.#last.get(name)?.known ?? { cells: 0, segments: 0 };
  }

  /** What a baseline knows about the series of each segment; nothing where there is none. To be asked right after it was learned, or restored. */
  series(name: BaselineName, segments: readonly number[]): SeriesBaseline[] {
    const baseline = this.#learned.get(name);
    const last = this.#last.get(name);
    if (!baseline || !last) return [];
    return seriesBaselines(
      this.#histories.get(name)!,
      baseline,
      segments.map((segment) => this.#includes(name, segment)),
      { today: last.today, freezes: this.#freezes(name, last.freezes) },
    );
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    for (const [i, of] of baselineNames.entries()) {
      for (const { name, bytes } of this.#histories.get(of)!.takeChanges()) {
        yield { key: `${i}${name}`, value: bytes.length > 0 ? bytes : null };
      }
    }
    for (const name of this.#lastChanged) {
      const last = this.#last.get(name);
      // JSON has no +∞; null stands for it.
      const value = last ? new TextEncoder().encode(JSON.stringify(last)) : null;
      yield { key: `l${baselineNames.indexOf(name)}`, value };
    }
    this.#lastChanged.clear();
  }

  restore(key: string, value: Uint8Array): void {
    if (key[0] === 'l') {
      const last = JSON.parse(new TextDecoder().decode(value)) as Learned;
      const freezes = last.freezes.map((f) => ({ ...f, to: f.to ?? Number.POSITIVE_INFINITY }));
      this.#last.set(baselineNames[Number(key[1])]!, { ...last, freezes });
      return;
    }
    this.#histories.get(baselineNames[Number(key[0])]!)!.restore(key.slice(1), value);
  }

  /** After the last record, and after the strata that were known when each family was learned have been named again. */
  restored(): void {
    for (const [name, last] of this.#last) this.#relearn(name, last);
  }
}

const familyOf = (name: BaselineName): Family => families.find((family) => name.split('|')[0] === family)!;
