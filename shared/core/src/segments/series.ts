import { type Family, families, type Signal } from '@seamwatch/contracts/measures.ts';
import { type Days, dayMinutes } from '@seamwatch/contracts/units.ts';
import { Fusion } from '../detection/fusion.ts';
import type { SeriesBaseline } from '../detection/series-baseline.ts';
import { SeriesDetector } from '../detection/series-detector.ts';
import type { DayNumber } from './calendar.ts';
import { ExpectedRate } from './expected-rate.ts';

/** One family in one segment. */
export interface Series {
  /** `segment id/family`. */
  key: string;
  segment: number;
  family: Family;
  detector: SeriesDetector;
  expected: ExpectedRate;
  baseline: SeriesBaseline;
  /** Local day since which its evidence keeps days out of the baseline. */
  frozenFrom: DayNumber | undefined;
}

/** All families of one segment together. */
export interface Composite {
  /** `segment id/composite`. */
  key: string;
  segment: number;
  fusion: Fusion;
  /** Families whose evidence may be multiplied, with their baselines that know the earlier outcomes. */
  fused: Map<Family, SeriesBaseline>;
  frozenFrom: DayNumber | undefined;
}

/** Every series and composite, by key and by segment. */
export class SeriesTable {
  readonly #series = new Map<string, Series>();
  /** Series of a segment, in the order of families. */
  readonly #bySegment: Series[][] = [];
  /** The series of a family, by segment. */
  readonly #byFamily = Object.fromEntries(families.map((family) => [family, []])) as unknown as Readonly<
    Record<Family, (Series | undefined)[]>
  >;
  readonly #composites = new Map<number, Composite>();
  readonly #ages: number;

  /** `ages`: days in the repeat window. */
  constructor(ages: number) {
    this.#ages = ages;
  }

  get(key: string): Series | undefined {
    return this.#series.get(key);
  }

  all(): Iterable<Series> {
    return this.#series.values();
  }

  of(segment: number): readonly Series[] {
    return this.#bySegment[segment] ?? [];
  }

  find(segment: number, family: Family): Series | undefined {
    return this.#byFamily[family][segment];
  }

  composite(segment: number): Composite | undefined {
    return this.#composites.get(segment);
  }

  /** The composite of a key. */
  compositeOf(key: string): Composite | undefined {
    return this.#composites.values().find((composite) => composite.key === key);
  }

  composites(): Iterable<Composite> {
    return this.#composites.values();
  }

  add(key: string, segment: number, family: Family, baseline: SeriesBaseline): Series {
    const series = {
      key,
      segment,
      family,
      baseline,
      detector: new SeriesDetector('worse'),
      expected: new ExpectedRate(family === 'repeat_contact' ? this.#ages : 1),
      frozenFrom: undefined,
    };
    this.#series.set(key, series);
    this.#bySegment[segment] = [...this.of(segment), series].sort(inOrder);
    this.#byFamily[family][segment] = series;
    return series;
  }

  /** Takes out a series that is not to be judged any more. */
  remove({ key, segment, family }: Series): void {
    this.#series.delete(key);
    this.#byFamily[family][segment] = undefined;
    this.#bySegment[segment] = this.of(segment).filter((series) => series.key !== key);
  }

  removeComposite(segment: number): void {
    this.#composites.delete(segment);
  }

  addComposite(key: string, segment: number): Composite {
    const composite = {
      key,
      segment,
      fusion: new Fusion('worse'),
      fused: new Map<Family, SeriesBaseline>(),
      frozenFrom: undefined,
    };
    this.#composites.set(segment, composite);
    return composite;
  }
}

export const inOrder = (a: Series, b: Series): number =>
  a.segment - b.segment || families.indexOf(a.family) - families.indexOf(b.family);

/** Days between two steps of a series that was last stepped at `last`; a minute where this is the first. */
export const elapsedSince = (last: Days, now: Days): Days => (last === 0 ? 1 / dayMinutes : now - last);

/** Key of a series or composite. */
export const seriesKey = (segmentId: string, measure: Signal): string => `${segmentId}/${measure}`;
