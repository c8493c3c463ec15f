import { type Family, families } from '@seamwatch/contracts/measures.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { parseCell } from '../cells/cell.ts';
import type { CounterLayout } from '../cells/counters.ts';
import { contextNames, type LinkedCounters } from '../cells/linked-counters.ts';
import { npsCounts } from '../stats/nps.ts';
import type { Baselines } from './baselines.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import { CellOrder } from './cell-order.ts';
import {
  applies,
  familyKinds,
  type LinkedFamily,
  linkedFamilies,
  linkedName,
  linkedStratumOf,
  stratumOf,
} from './families.ts';
import type { LinkedTrial } from './linked-trials.ts';
import type { NpsWeeks } from './nps-weeks.ts';
import type { Composite, Series, SeriesTable } from './series.ts';
import type { Trial } from './trials.ts';

/** What one closed minute brought, summed over all sources. */
export interface MinuteCounts {
  /** Per cell, dense, below the cohort counters. */
  counts: ReadonlyMap<number, Int32Array>;
  trials: readonly Trial[];
  /** Per cell, by `LinkedCounters`: answers only. */
  linked: ReadonlyMap<number, ReadonlyMap<number, number>>;
  linkedTrials: readonly LinkedTrial[];
}

export interface ObserverOptions {
  layout: CounterLayout;
  counters: LinkedCounters;
  calendar: Calendar;
  segments: readonly Segment[];
  cellKey: (cell: number) => string;
  segmentsOf: (cell: number) => readonly number[];
  baselines: Baselines;
  weeks: NpsWeeks;
  table: SeriesTable;
}

interface When {
  day: DayNumber;
  hour: number;
}

/** Sums of a histogram of answers, in points below the best score. */
interface Answers {
  n: number;
  sum: number;
  squares: number;
}

/** Holds the counts of each minute against what is expected in their strata, for every series that they belong to. */
export class Observer {
  /** Series and composites that have seen something since the last `clear`. */
  readonly series = new Set<Series>();
  readonly composites = new Set<Composite>();
  readonly #o: ObserverOptions;
  readonly #order: CellOrder;
  /** Of each cell the numbers of its strata: one for each family in turn, for hazards one for each age. */
  readonly #strata: number[][] = [];
  /** Where those of a family begin. */
  readonly #firstStratum: Readonly<Record<Family, number>>;
  /** The same, given earlier outcomes: by family, then by stratum (age 0), context and age; named when they first occur. */
  readonly #linkedStrata = new Map<LinkedFamily, Map<number, number>>(
    linkedFamilies.map((family) => [family, new Map()]),
  );
  /** Cells whose strata are named, in the order of their naming. */
  readonly #named: number[] = [];
  #namedChanged = false;

  constructor(options: ObserverOptions) {
    this.#o = options;
    this.#order = new CellOrder(options.cellKey);
    let next = 0;
    const first: Partial<Record<Family, number>> = {};
    for (const family of families) {
      first[family] = next;
      next += this.#ages(family);
    }
    this.#firstStratum = first as Record<Family, number>;
  }

  /** Number of cells that are named. */
  get cells(): number {
    return this.#named.length;
  }

  clear(): void {
    this.series.clear();
    this.composites.clear();
  }

  minute(minute: Minute, { counts, trials, linked, linkedTrials }: MinuteCounts): void {
    const { calendar } = this.#o;
    const at = minute * minuteMs;
    const when = { day: calendar.day(at), hour: calendar.hourOfWeek(at) };
    const order = this.#order;
    order.meet(counts.keys());
    order.meet(trials.map(cellOf));
    order.meet(linked.keys());
    order.meet(linkedTrials.map(cellOf));
    for (const cell of order.sorted([...counts.keys()], itself)) {
      this.#name(cell);
      this.#counts(cell, counts.get(cell)!, when);
    }
    for (const trial of order.sorted(trials, cellOf)) {
      this.#name(trial.cell);
      for (const { age, atRisk, failed } of trial.hazards) {
        this.#share('repeat_contact', trial.cell, failed, atRisk, when, age);
      }
    }
    for (const cell of order.sorted([...linked.keys()], itself))
      this.#linkedScores(cell, linked.get(cell)!, when);
    const inOrder = (a: LinkedTrial, b: LinkedTrial) =>
      order.compare(a.cell, b.cell) || a.context - b.context || a.age - b.age;
    for (const trial of linkedTrials.toSorted(inOrder)) this.#linkedTrial(trial, when);
  }

  #counts(cell: number, counts: Int32Array, when: When): void {
    const { layout } = this.#o;
    for (const family of families) {
      const of = familyKinds[family];
      if (of.kind === 'share') this.#share(family, cell, counts[of.k(layout)]!, counts[of.n(layout)]!, when);
      else if (of.kind === 'score') {
        const { first, size } = layout.histogram(of.instrument);
        this.#scores(family, cell, counts, first, size, when);
      }
    }
  }

  #share(family: Family, cell: number, k: number, n: number, when: When, age?: number): void {
    if (!(n > 0)) return;
    const { baselines } = this.#o;
    const stratum = this.#stratum(family, cell, age);
    baselines.add(family, stratum, when.day, when.hour, n, k);
    const p0 = baselines.expected(family, stratum, when.hour);
    if (p0 === undefined) return;
    this.#each(family, cell, ({ detector, expected }) => {
      detector.addCounts(k, n, p0);
      expected.add(n, p0, age);
    });
    // Of these nothing is known before; the others are fused from what is told apart by earlier outcomes.
    if (familyKinds[family].kind !== 'share') return;
    this.#fuse(family, cell, ({ fusion }) => fusion.addCounts(family, k, n, p0));
  }

  #scores(family: Family, cell: number, counts: Int32Array, first: number, size: number, when: When): void {
    const { baselines } = this.#o;
    const { n, sum, squares } = answersOf(counts, first, size);
    if (!(n > 0)) return;
    if (family === 'nps') {
      const nps = npsCounts(counts.subarray(first, first + size));
      this.#o.weeks.add(when.day, this.#o.segmentsOf(cell), nps);
    }
    const stratum = this.#stratum(family, cell);
    baselines.add(family, stratum, when.day, when.hour, n, sum, squares);
    const m0 = baselines.expected(family, stratum, when.hour);
    if (m0 === undefined) return;
    this.#each(family, cell, ({ detector, expected }) => {
      detector.addScores(counts, first, size, m0);
      expected.add(n, m0);
    });
  }

  #linkedScores(cell: number, counts: ReadonlyMap<number, number>, when: When): void {
    const { layout, counters, baselines } = this.#o;
    this.#name(cell);
    const histograms = new Map<number, Int32Array>();
    for (const [counter, count] of counts) {
      const of = counters.parse(counter);
      if (of.kind !== 'score') continue;
      const key = of.context * families.length + families.indexOf(of.instrument);
      const { size } = layout.histogram(of.instrument);
      const histogram = getOrAdd(histograms, key, () => new Int32Array(size));
      histogram[of.bin]! += count;
    }
    for (const [key, histogram] of [...histograms].sort(([a], [b]) => a - b)) {
      const family = families[key % families.length] as LinkedFamily;
      const { n, sum, squares } = answersOf(histogram, 0, histogram.length);
      if (!(n > 0)) continue;
      const stratum = this.#linkedStratum(family, cell, Math.floor(key / families.length));
      const name = linkedName(family);
      baselines.add(name, stratum, when.day, when.hour, n, sum, squares);
      const m0 = baselines.expected(name, stratum, when.hour);
      if (m0 === undefined) continue;
      this.#fuse(family, cell, ({ fusion }) => fusion.addScores(family, histogram, 0, histogram.length, m0));
    }
  }

  #linkedTrial({ cell, context, age, atRisk, failed }: LinkedTrial, when: When): void {
    const { baselines } = this.#o;
    this.#name(cell);
    const family = 'repeat_contact';
    const stratum = this.#linkedStratum(family, cell, context, age);
    const name = linkedName(family);
    baselines.add(name, stratum, when.day, when.hour, atRisk, failed);
    const p0 = baselines.expected(name, stratum, when.hour);
    if (p0 === undefined) return;
    this.#fuse(family, cell, ({ fusion }) => fusion.addCounts(family, failed, atRisk, p0));
  }

  #each(family: Family, cell: number, visit: (series: Series) => void): void {
    for (const segment of this.#o.segmentsOf(cell)) {
      const series = this.#o.table.find(segment, family);
      if (!series) continue;
      visit(series);
      this.series.add(series);
    }
  }

  #fuse(family: Family, cell: number, visit: (composite: Composite) => void): void {
    for (const segment of this.#o.segmentsOf(cell)) {
      const composite = this.#o.table.composite(segment);
      if (!composite?.fused.has(family)) continue;
      visit(composite);
      this.composites.add(composite);
    }
  }

  #stratum(family: Family, cell: number, age = 0): number {
    return this.#strata[cell]![this.#firstStratum[family] + age]!;
  }

  #linkedStratum(family: LinkedFamily, cell: number, context: number, age?: number): number {
    const { layout, baselines, cellKey } = this.#o;
    const key = (this.#stratum(family, cell) * contextNames.length + context) * layout.ages + (age ?? 0);
    return getOrAdd(this.#linkedStrata.get(family)!, key, () =>
      baselines.linkedStratum(
        family,
        linkedStratumOf(family, parseCell(cellKey(cell)), contextNames[context]!, age),
      ),
    );
  }

  /** Names all strata of a cell when it is first seen: a segment's series is made of the strata of its cells, whatever they count. */
  #name(cell: number): void {
    if (this.#strata[cell]) return;
    this.#strata[cell] = families.flatMap((family) => this.#nameStrata(family, cell));
    this.#named.push(cell);
    this.#namedChanged = true;
  }

  /** How many strata a cell has in a family: one for each age for hazards. */
  #ages(family: Family): number {
    return familyKinds[family].kind === 'hazard' ? this.#o.layout.ages : 1;
  }

  /** Numbers of the strata of a cell, by age for hazards. */
  #nameStrata(family: Family, cell: number): number[] {
    const { cellKey, segmentsOf, segments, baselines } = this.#o;
    const of = parseCell(cellKey(cell));
    const hazard = familyKinds[family].kind === 'hazard';
    const series = segmentsOf(cell).filter((s) => applies(family, segments[s]!));
    return Array.from({ length: this.#ages(family) }, (_, age) =>
      baselines.stratum(family, stratumOf(family, of, hazard ? age : undefined), series),
    );
  }

  /** Names of cells since the last call; undefined where none is new. */
  takeState(): readonly number[] | undefined {
    if (!this.#namedChanged) return undefined;
    this.#namedChanged = false;
    return this.#named;
  }

  restore(named: readonly number[]): void {
    this.#named.push(...named);
  }

  /** What a baseline says of a series depends on the cells that were known when it was learned, and on no later one. */
  restoreKnown(): void {
    for (const family of families) {
      const { cells } = this.#o.baselines.known(family);
      for (const cell of this.#named.slice(0, cells)) this.#nameStrata(family, cell);
    }
  }

  /** The cells that came later. */
  restored(): void {
    for (const cell of this.#named.splice(0)) this.#name(cell);
    this.#namedChanged = false;
  }
}

const cellOf = ({ cell }: { cell: number }): number => cell;
const itself = (cell: number): number => cell;

function answersOf(counts: Int32Array, first: number, size: number): Answers {
  const answers = { n: 0, sum: 0, squares: 0 };
  for (let i = 0; i < size; i++) {
    const below = size - 1 - i;
    answers.n += counts[first + i]!;
    answers.sum += counts[first + i]! * below;
    answers.squares += counts[first + i]! * below * below;
  }
  return answers;
}
