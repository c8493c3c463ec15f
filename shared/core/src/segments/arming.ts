import type { Family, Signal } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import type { Information } from '../detection/estimates.ts';
import type { Fleet } from '../detection/fleet.ts';
import type { SeriesBaseline } from '../detection/series-baseline.ts';
import type { Baselines } from './baselines.ts';
import { applies, isLinked, linkedName } from './families.ts';
import { type Composite, type Series, type SeriesTable, seriesKey } from './series.ts';

/** Observations below which a series is not judged at all. */
const leastBaseline = 500;

interface ArmingOptions {
  segments: readonly Segment[];
  /** Weight of single segments in the false-alarm budget; 1 where absent. */
  weights: Readonly<Record<string, number>>;
  baselines: Baselines;
  table: SeriesTable;
  fleet: Fleet;
}

/** Series whose baseline is known join the fleet; their detectors are told what a new baseline knows. */
export class Arming {
  readonly #o: ArmingOptions;

  constructor(options: ArmingOptions) {
    this.#o = options;
  }

  /**
   * After families were learned anew. Of series that the baseline knows too little of, those that are `armed` already
   * stay; those that are `barred` wait. Gives all that have changed.
   */
  arm(
    learned: readonly Family[],
    armed: (key: string) => boolean,
    barred: { has(key: string): boolean },
  ): { series: Series[]; composites: Composite[] } {
    const { segments, baselines } = this.#o;
    const series: Series[] = [];
    const fused = new Map<Family, Map<number, SeriesBaseline>>();
    for (const family of learned) {
      const known = segments.slice(0, baselines.known(family).segments);
      const watched = [...known.keys()].filter((number) => applies(family, known[number]!));
      for (const [i, baseline] of baselines.series(family, watched).entries()) {
        if (barred.has(this.#key(watched[i]!, family))) continue;
        const one = this.#armSeries(watched[i]!, family, baseline, armed);
        if (one) series.push(one);
      }
      fused.set(family, this.#fusedBaselines(family, watched));
    }
    const composites = [...segments.keys()].flatMap((segment) => this.#armComposite(segment, fused) ?? []);
    return { series, composites };
  }

  #armSeries(
    segment: number,
    family: Family,
    baseline: SeriesBaseline,
    armed: (key: string) => boolean,
  ): Series | undefined {
    const { table, fleet } = this.#o;
    const key = this.#key(segment, family);
    if (baseline.n < leastBaseline && !armed(key)) return undefined;
    const series = table.get(key) ?? table.add(key, segment, family, baseline);
    series.baseline = baseline;
    series.detector.configure(guarded(baseline));
    fleet.set(key, this.#weight(segment));
    return series;
  }

  /** Baselines of a family that know all earlier outcomes of an interaction, by segment. */
  #fusedBaselines(family: Family, watched: readonly number[]): Map<number, SeriesBaseline> {
    const { baselines, table } = this.#o;
    const found = isLinked(family)
      ? baselines.series(linkedName(family), watched)
      : watched.map((segment) => table.of(segment).find((s) => s.family === family)?.baseline);
    const all = watched.map((segment, i) => [segment, found[i]] as const);
    return new Map(all.flatMap(([segment, of]) => (of && of.n >= leastBaseline ? [[segment, of]] : [])));
  }

  /** A segment is judged as a whole where at least two of its families are. */
  #armComposite(
    segment: number,
    fused: ReadonlyMap<Family, ReadonlyMap<number, SeriesBaseline>>,
  ): Composite | undefined {
    const { table, fleet } = this.#o;
    const members = table.of(segment);
    if (members.length < 2) return undefined;
    const key = this.#key(segment, 'composite');
    const composite = table.composite(segment) ?? table.addComposite(key, segment);
    for (const { family } of members) {
      const baselines = fused.get(family);
      if (!baselines) continue;
      const baseline = baselines.get(segment);
      if (baseline) composite.fused.set(family, baseline);
      else composite.fused.delete(family);
    }
    // Errors of several baselines are independent: one standard error of their sum is less than the sum of theirs.
    const part = 1 / Math.sqrt(composite.fused.size);
    for (const [family, baseline] of composite.fused) {
      composite.fusion.configure(family, guarded(baseline, part));
    }
    fleet.set(key, this.#weight(segment));
    return composite;
  }

  #key(segment: number, measure: Signal): string {
    return seriesKey(this.#o.segments[segment]!.id, measure);
  }

  #weight(segment: number): number {
    return this.#o.weights[this.#o.segments[segment]!.id] ?? 1;
  }
}

/**
 * Every baseline is put one standard error on the cautious side. What is learned is wrong by chance, and stays so while it
 * is kept: without a guard a series whose expectation came out low raises a false alarm in the end, however high the
 * threshold. See docs/decisions/003-guarded-baselines.md.
 */
const guarded = (baseline: SeriesBaseline, errors = 1): Information & { guard: number } => ({
  ...baseline,
  guard: errors * baseline.standardError,
});
