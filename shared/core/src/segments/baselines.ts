import { type Family, families } from '@seamwatch/contracts/measures.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { type Baseline, type Freeze, learnBaseline, learnFrom } from '../detection/baseline.ts';
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

interface Learned {
  today: DayNumber;
  freezes: SeriesFreeze[];
}

/** What is expected, per family and stratum: histories, and the baselines learned from them. */
export class Baselines {
  readonly #histories = new Map<Family, BaselineHistory>(families.map((f) => [f, new BaselineHistory()]));
  readonly #learned = new Map<Family, Baseline>();
  readonly #logits = new Map<Family, Map<number, number>>(families.map((f) => [f, new Map()]));
  /** Segments that a stratum's cells belong to. */
  readonly #segments = new Map<Family, Map<string, Set<number>>>(families.map((f) => [f, new Map()]));
  #last: Learned | undefined;
  #lastChanged = false;

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

  /** Learns anew from the days before `today`, save the frozen ones. */
  learn(today: DayNumber, freezes: readonly SeriesFreeze[]): void {
    this.#last = { today, freezes: freezes.map((f) => ({ ...f })) };
    this.#lastChanged = true;
    this.#relearn();
    const oldest =
      Math.min(today, ...freezes.map((f) => f.from)) - learnFrom.days - learnFrom.olderThanDays - 14;
    for (const history of this.#histories.values()) history.prune(oldest);
  }

  #relearn(): void {
    if (!this.#last) return;
    const { today, freezes } = this.#last;
    for (const family of families) {
      this.#logits.get(family)!.clear();
      const baseline = learnBaseline(this.#histories.get(family)!, {
        today,
        scale: scaleOf(family),
        freezes: this.#freezes(family, freezes),
      });
      const { from, to } = baseline;
      if (from !== null && to !== null && to - from + 1 >= leastDays) this.#learned.set(family, baseline);
    }
  }

  #freezes(family: Family, freezes: readonly SeriesFreeze[]): Freeze[] {
    const segmentsOf = this.#segments.get(family)!;
    return freezes
      .filter((f) => f.family === family)
      .map(({ segment, from, to }) => ({
        includes: (key) => segmentsOf.get(key)?.has(segment) ?? false,
        from,
        to,
      }));
  }

  /** What the baseline of a family knows about the series of each segment; undefined while nothing is learned. */
  series(family: Family, segments: readonly number[]): SeriesBaseline[] | undefined {
    const baseline = this.#learned.get(family);
    if (!baseline || !this.#last) return undefined;
    const segmentsOf = this.#segments.get(family)!;
    return seriesBaselines(
      this.#histories.get(family)!,
      baseline,
      segments.map((segment) => (key) => segmentsOf.get(key)?.has(segment) ?? false),
      { today: this.#last.today, freezes: this.#freezes(family, this.#last.freezes) },
    );
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    for (const [i, family] of families.entries()) {
      for (const { name, bytes } of this.#histories.get(family)!.takeChanges()) {
        yield { key: `${i}${name}`, value: bytes.length > 0 ? bytes : null };
      }
    }
    if (!this.#lastChanged) return;
    this.#lastChanged = false;
    // JSON has no +∞; null stands for it.
    yield { key: 'l', value: new TextEncoder().encode(JSON.stringify(this.#last)) };
  }

  restore(key: string, value: Uint8Array): void {
    if (key === 'l') {
      const last = JSON.parse(new TextDecoder().decode(value)) as Learned;
      this.#last = {
        ...last,
        freezes: last.freezes.map((f) => ({ ...f, to: f.to ?? Number.POSITIVE_INFINITY })),
      };
      return;
    }
    this.#histories.get(families[Number(key[0])]!)!.restore(key.slice(1), value);
  }

  /** After the last record, and after every stratum has been named again. */
  restored(): void {
    this.#relearn();
  }
}
