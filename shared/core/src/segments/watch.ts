import { type EvidencePoint, type Family, families, type Measure } from '@seamwatch/contracts/measures.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, Segment, WeekRecord } from '@seamwatch/contracts/records.ts';
import { dayMinutes, dayMs, type Minute, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { AlertBook, type SeriesFinding } from '../alerts/alert-book.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { parseCell } from '../cells/cell.ts';
import type { CounterLayout } from '../cells/counters.ts';
import { Fleet } from '../detection/fleet.ts';
import { freezesBaseline } from '../detection/levels.ts';
import type { SeriesBaseline } from '../detection/series-baseline.ts';
import { SeriesDetector } from '../detection/series-detector.ts';
import { confirmation } from '../detection/weekly-nps.ts';
import { npsCounts } from '../stats/nps.ts';
import { Baselines, type SeriesFreeze } from './baselines.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import { ExpectedRate } from './expected-rate.ts';
import { applies, familyKinds, inUnits, stratumOf } from './families.ts';
import { NpsWeeks } from './nps-weeks.ts';
import type { BaselineView } from './rate-points.ts';
import type { Trial } from './trials.ts';

export interface WatchOptions {
  policy: Policy;
  layout: CounterLayout;
  calendar: Calendar;
  segments: readonly Segment[];
  cellKey: (cell: number) => string;
  segmentsOf: (cell: number) => readonly number[];
  /** How many days late events can revise; their evidence is kept as it stood at their end. */
  keptDays: number;
}

interface Series {
  key: string;
  segment: number;
  family: Family;
  detector: SeriesDetector;
  expected: ExpectedRate;
  baseline: SeriesBaseline;
  /** Local day since which its evidence keeps days out of the baseline. */
  frozenFrom: DayNumber | undefined;
}

/** Observations below which a series is not judged at all. */
const leastBaseline = 500;
/**
 * Standard errors by which every baseline is put on the cautious side. What is learned is wrong by chance, and stays so while it is
 * kept: without a guard a series whose expectation came out two standard errors too low raises a false alarm in the end,
 * however high the threshold. See docs/decisions/003-guarded-baselines.md.
 */
const guardErrors = 2;

/** Strata of a cell: by family, then by age for hazards. */
type Strata = number[][];

/**
 * The evidence of every series (segment × family), the baselines that it is judged against, and the alerts that follow. Driven
 * once per closed minute with the counts of that minute, summed over all sources, and at the end of each local day.
 */
export class Watch {
  readonly #o: WatchOptions;
  readonly #fleet: Fleet;
  readonly #baselines = new Baselines();
  readonly #series = new Map<string, Series>();
  /** Series of a segment, in the order of families. */
  readonly #bySegment: Series[][] = [];
  readonly #strata: Strata[] = [];
  /** Cells whose strata are named, in the order of their naming. */
  readonly #named: number[] = [];
  readonly #weeks: NpsWeeks;
  readonly #alerts: AlertBook;
  /** Freezes of changes that are over; a person re-bases. */
  #past: SeriesFreeze[] = [];
  readonly #touched = new Set<Series>();
  readonly #dirty = new Set<Series>();
  readonly #ended = new Map<DayNumber, Map<number, EvidencePoint[]>>();
  readonly #endedDirty: DayNumber[] = [];
  readonly #newWeeks: WeekRecord[] = [];
  #pastChanged = false;
  #namedChanged = false;

  constructor(options: WatchOptions) {
    const { policy, calendar, segments } = options;
    this.#o = options;
    this.#fleet = new Fleet(policy.falseAlarms.per30Days);
    this.#weeks = new NpsWeeks(calendar);
    this.#alerts = new AlertBook({
      segments,
      thresholdDays: this.#fleet.threshold,
      clearAfterDays: policy.falseAlarms.clearAfterDays,
      timeZone: policy.timeZone,
      owner: (segment, family) => ownerOf(policy, segment, family),
    });
  }

  /** Number of series that share the false-alarm budget. */
  get armed(): number {
    return this.#fleet.size;
  }

  /** Takes what one closed minute brought: counts per cell (dense, below the cohort counters) and hazards. */
  minute(minute: Minute, counts: ReadonlyMap<number, Int32Array>, trials: readonly Trial[]): void {
    if (counts.size === 0 && trials.length === 0) return;
    const { calendar, cellKey } = this.#o;
    const at = minute * minuteMs;
    const when = { day: calendar.day(at), hour: calendar.hourOfWeek(at) };
    // One canonical order, whatever the order in which sources came.
    const byKey = (a: number, b: number) => (cellKey(a) < cellKey(b) ? -1 : 1);
    for (const cell of [...counts.keys()].sort(byKey)) {
      this.#name(cell);
      this.#counts(cell, counts.get(cell)!, when);
    }
    for (const trial of trials.toSorted((a, b) => byKey(a.cell, b.cell))) {
      this.#name(trial.cell);
      for (const { age, atRisk, failed } of trial.hazards) {
        this.#share('repeat_contact', trial.cell, failed, atRisk, when, age);
      }
    }
    const time = minute / dayMinutes;
    for (const series of this.#touched) {
      const { detector } = series;
      const elapsed = detector.time === 0 ? 1 / dayMinutes : time - detector.time;
      detector.step(time, this.#fleet.inflow(series.key, elapsed));
      this.#dirty.add(series);
    }
  }

  #counts(cell: number, counts: Int32Array, when: { day: DayNumber; hour: number }): void {
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

  #share(
    family: Family,
    cell: number,
    k: number,
    n: number,
    when: { day: DayNumber; hour: number },
    age?: number,
  ): void {
    if (!(n > 0)) return;
    const stratum = this.#stratum(family, cell, age);
    this.#baselines.add(family, stratum, when.day, when.hour, n, k);
    const p0 = this.#baselines.expected(family, stratum, when.hour);
    if (p0 === undefined) return;
    this.#each(family, cell, ({ detector, expected }) => {
      detector.addCounts(k, n, p0);
      expected.add(n, p0, age);
    });
  }

  #scores(
    family: Family,
    cell: number,
    counts: Int32Array,
    first: number,
    size: number,
    when: { day: DayNumber; hour: number },
  ): void {
    let n = 0;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const below = size - 1 - i;
      n += counts[first + i]!;
      sum += counts[first + i]! * below;
      squares += counts[first + i]! * below * below;
    }
    if (!(n > 0)) return;
    if (family === 'nps') {
      this.#weeks.add(when.day, this.#o.segmentsOf(cell), npsCounts(counts.subarray(first, first + size)));
    }
    const stratum = this.#stratum(family, cell);
    this.#baselines.add(family, stratum, when.day, when.hour, n, sum, squares);
    const m0 = this.#baselines.expected(family, stratum, when.hour);
    if (m0 === undefined) return;
    this.#each(family, cell, ({ detector, expected }) => {
      detector.addScores(counts, first, size, m0);
      expected.add(n, m0);
    });
  }

  #each(family: Family, cell: number, visit: (series: Series) => void): void {
    for (const segment of this.#o.segmentsOf(cell)) {
      for (const series of this.#bySegment[segment] ?? []) {
        if (series.family !== family) continue;
        visit(series);
        this.#touched.add(series);
      }
    }
  }

  #stratum(family: Family, cell: number, age = 0): number {
    return this.#strata[cell]![families.indexOf(family)]![age]!;
  }

  /** Names all strata of a cell when it is first seen: a segment's series is made of the strata of its cells, whatever they count. */
  #name(cell: number): void {
    if (this.#strata[cell]) return;
    this.#strata[cell] = families.map((family) => this.#nameStrata(family, cell));
    this.#named.push(cell);
    this.#namedChanged = true;
  }

  /** Numbers of the strata of a cell, by age for hazards. */
  #nameStrata(family: Family, cell: number): number[] {
    const { cellKey, segmentsOf, segments, layout } = this.#o;
    const of = parseCell(cellKey(cell));
    const hazard = familyKinds[family].kind === 'hazard';
    const series = segmentsOf(cell).filter((s) => applies(family, segments[s]!));
    return Array.from({ length: hazard ? layout.ages : 1 }, (_, age) =>
      this.#baselines.stratum(family, stratumOf(family, of, hazard ? age : undefined), series),
    );
  }

  /** Judges what the minute touched. */
  decide(minute: Minute): void {
    for (const series of [...this.#touched].sort(inOrder)) this.#judge(minute, series);
    this.#touched.clear();
  }

  #judge(minute: Minute, series: Series): void {
    const { detector, segment, family } = series;
    const level = detector.level(this.#fleet.threshold);
    const open = this.#alerts.isOpen(segment, family);
    if (level === 'quiet' && !open) {
      series.frozenFrom = undefined;
      return;
    }
    if (freezesBaseline(level) && series.frozenFrom === undefined) {
      const onset = detector.onset();
      series.frozenFrom = this.#o.calendar.day((onset?.at ?? detector.time) * dayMs);
    }
    if (!open && level !== 'warning' && level !== 'critical') return;
    const installationDays = detector.installationDays();
    const reading = { segment, family, installationDays, recoveryDays: detector.recoveryDays() };
    const verdict = this.#alerts.judge(minute, reading, () => this.#finding(series));
    if (verdict === 'opened') detector.watchRecovery();
    else if (verdict) for (const key of verdict.resolved) this.#reset(minute, this.#series.get(key)!);
  }

  /** What an alert tells; costly, so only made when something is to be told. */
  #finding(series: Series): SeriesFinding {
    const { detector, family } = series;
    const { ages } = this.#o.layout;
    const effect = detector.effect();
    const units = (x: number) => inUnits(family, x, ages);
    const [lower, upper] = [units(effect.value.lower), units(effect.value.upper)].sort((x, y) => x - y);
    const onset = detector.onset() ?? { at: detector.time, lower: detector.time, upper: detector.time };
    const installationDays = detector.installationDays();
    return {
      installationDays,
      evidenceDays: this.#fleet.seriesDays(series.key, installationDays),
      learning: series.baseline.learning,
      onset: { at: onset.at * dayMs, lower: onset.lower * dayMs, upper: onset.upper * dayMs },
      effect: {
        value: units(effect.value.value),
        lower: lower!,
        upper: upper!,
        // A hazard has one trial an age; people count interactions.
        n: Math.round(family === 'repeat_contact' ? effect.n / ages : effect.n),
        baseline: units(effect.baseline),
      },
    };
  }

  #reset(minute: Minute, series: Series): void {
    const today = this.#o.calendar.day(minute * minuteMs);
    const { family, segment, frozenFrom: from } = series;
    if (from !== undefined) this.#past.push({ family, segment, from, to: today + 1 });
    this.#pastChanged = true;
    series.frozenFrom = undefined;
    series.detector.reset();
    this.#dirty.add(series);
  }

  /** After the last minute of a local day: on Sundays the weekly NPS test and, when due, new baselines. */
  endOfDay(minute: Minute, day: DayNumber): void {
    const { calendar, segments, keptDays } = this.#o;
    this.#ended.set(day, new Map(segments.map((_, s) => [s, this.evidence(s)])));
    this.#ended.delete(day - keptDays);
    this.#endedDirty.push(day, day - keptDays);
    if (calendar.monday(day + 1) !== day + 1) return;
    this.#endOfWeek(minute, calendar.monday(day));
    if (this.#baselines.due(day + 1)) this.#learn(day + 1);
  }

  #learn(today: DayNumber): void {
    const known = { cells: this.#named.length, segments: this.#o.segments.length };
    const reached = this.#baselines.learn(today, this.#freezes(), known);
    const felt = this.#past.filter(
      ({ family, to }) => to > (reached.get(family) ?? Number.NEGATIVE_INFINITY),
    );
    this.#pastChanged ||= felt.length < this.#past.length;
    this.#past = felt;
    this.#arm([...reached.keys()], this.#series);
  }

  #freezes(): SeriesFreeze[] {
    const standing = [...this.#series.values()].flatMap(({ family, segment, frozenFrom: from }) =>
      from === undefined ? [] : [{ family, segment, from, to: Number.POSITIVE_INFINITY }],
    );
    return [...this.#past, ...standing];
  }

  /** Series whose baseline is known join the fleet; their detectors learn what the new baseline knows. */
  #arm(learned: readonly Family[], armed: { has(key: string): boolean }): void {
    const { segments, policy } = this.#o;
    for (const family of learned) {
      const known = segments.slice(0, this.#baselines.known(family).segments);
      const watched = [...known.keys()].filter((number) => applies(family, known[number]!));
      const baselines = this.#baselines.series(family, watched);
      for (const [i, baseline] of baselines.entries()) {
        const number = watched[i]!;
        const { id } = segments[number]!;
        if (baseline.n < leastBaseline && !armed.has(`${id}/${family}`)) continue;
        const series = this.#seriesOf(number, family, baseline);
        series.baseline = baseline;
        series.detector.configure({ ...baseline, guard: baseline.standardError * guardErrors });
        this.#fleet.set(series.key, policy.falseAlarms.weights[id] ?? 1);
      }
    }
  }

  #seriesOf(segment: number, family: Family, baseline: SeriesBaseline): Series {
    const key = `${this.#o.segments[segment]!.id}/${family}`;
    return getOrAdd(this.#series, key, () => {
      const series = {
        key,
        segment,
        family,
        baseline,
        detector: new SeriesDetector('worse'),
        expected: new ExpectedRate(family === 'repeat_contact' ? this.#o.layout.ages : 1),
        frozenFrom: undefined,
      };
      this.#bySegment[segment] = [...(this.#bySegment[segment] ?? []), series].sort(inOrder);
      this.#dirty.add(series);
      return series;
    });
  }

  #endOfWeek(minute: Minute, monday: DayNumber): void {
    const { calendar, segments } = this.#o;
    for (const series of this.#series.values()) {
      series.expected.fade();
      this.#dirty.add(series);
    }
    for (const segment of this.#weeks.segments(monday)) {
      this.#newWeeks.push(this.#weeks.test(segment, segments[segment]!.id, monday));
    }
    for (const alert of [...this.#alerts.unconfirmed]) {
      const onset = calendar.monday(calendar.day(Date.parse(alert.onset.at)));
      const segment = segments.findIndex((s) => s.id === alert.segment);
      // The week of the onset is part of neither side.
      if (monday > onset && this.#weeks.test(segment, alert.segment, monday, onset).rejects) {
        this.#alerts.confirm(minute, alert.id);
      } else if (minute * minuteMs - Date.parse(alert.openedAt) > confirmation.withinDays * dayMs) {
        this.#alerts.giveUp(alert.id);
      }
    }
    this.#weeks.expire(monday);
  }

  takeAlerts(): AlertRecord[] {
    return this.#alerts.take();
  }

  takeWeeks(): WeekRecord[] {
    return this.#newWeeks.splice(0);
  }

  /** What is expected of a measure at the latest case mix of a segment; undefined for measures without evidence. */
  baseline(segment: number, measure: Measure): BaselineView | undefined {
    const series = this.#bySegment[segment]?.find((s) => s.family === measure);
    // NPS in points has no expected value: evidence is on the mean answer.
    if (!series || measure === 'nps') return undefined;
    const { value } = series.expected;
    const inItsUnits = value === null || measure === 'repeat_contact';
    return {
      value: inItsUnits ? value : inUnits(series.family, value, 1),
      learning: series.baseline.learning,
    };
  }

  evidence(segment: number): EvidencePoint[] {
    return (this.#bySegment[segment] ?? []).map((series) => {
      const { detector, family } = series;
      const installationDays = detector.installationDays();
      const level = detector.level(this.#fleet.threshold);
      const onset = level === 'quiet' ? null : detector.onset();
      return {
        measure: family,
        direction: 'worse',
        days: this.#fleet.seriesDays(series.key, installationDays),
        installationDays,
        level,
        learning: series.baseline.learning,
        onset: onset ? toRfc3339(Math.round(onset.at * dayMs)) : null,
      };
    });
  }

  /** Evidence as it stood at the end of a day of the last ten. */
  evidenceOf(segment: number, day: DayNumber): EvidencePoint[] {
    return this.#ended.get(day)?.get(segment) ?? [];
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    for (const series of this.#dirty) {
      yield { key: `s${series.key}`, value: series.detector.encode() };
      yield { key: `x${series.key}`, value: text(series.expected) };
      yield {
        key: `f${series.key}`,
        value: series.frozenFrom === undefined ? null : text(series.frozenFrom),
      };
    }
    this.#dirty.clear();
    for (const day of this.#endedDirty.splice(0)) {
      const evidence = this.#ended.get(day);
      yield { key: `e${day}`, value: evidence ? text([...evidence]) : null };
    }
    for (const { key, value } of this.#baselines.takeState()) yield { key: `b${key}`, value };
    for (const { key, value } of this.#weeks.takeState()) yield { key: `n${key}`, value };
    for (const { key, value } of this.#alerts.takeState()) yield { key: `a${key}`, value };
    if (this.#pastChanged) yield { key: 'p', value: text(this.#past) };
    this.#pastChanged = false;
    if (this.#namedChanged) yield { key: 'c', value: text(this.#named) };
    this.#namedChanged = false;
  }

  readonly #restoring: [string, Uint8Array][] = [];

  restore(key: string, value: Uint8Array): void {
    const rest = key.slice(1);
    if (key[0] === 'b') this.#baselines.restore(rest, value);
    else if (key[0] === 'n') this.#weeks.restore(rest, value);
    else if (key[0] === 'a') this.#alerts.restore(rest, value);
    else if (key[0] === 'p') this.#past = parsed(value) as SeriesFreeze[];
    else if (key[0] === 'c') this.#named.push(...(parsed(value) as number[]));
    else if (key[0] === 'e') {
      this.#ended.set(Number(rest), new Map(parsed(value) as [number, EvidencePoint[]][]));
    } else this.#restoring.push([key, value]);
  }

  /** After the last record, and after cells and segments are known again. */
  restored(): void {
    // What a baseline says of a series depends on the cells that were known when it was learned, and on no later one.
    for (const family of families) {
      const { cells } = this.#baselines.known(family);
      for (const cell of this.#named.slice(0, cells)) this.#nameStrata(family, cell);
    }
    this.#baselines.restored();
    // Those that the newest baseline knows too little of come along.
    const stored = new Set(this.#restoring.filter(([key]) => key[0] === 's').map(([key]) => key.slice(1)));
    this.#arm(families, stored);
    for (const cell of this.#named.splice(0)) this.#name(cell);
    this.#namedChanged = false;
    for (const [key, value] of this.#restoring) {
      const series = this.#series.get(key.slice(1));
      if (!series) continue;
      if (key[0] === 's') series.detector.decode(value);
      else if (key[0] === 'x') series.expected.restore(parsed(value) as [number[], number[]]);
      else series.frozenFrom = parsed(value) as DayNumber;
    }
    this.#dirty.clear();
    this.#restoring.length = 0;
  }
}

const parsed = (value: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(value));

const inOrder = (a: Series, b: Series): number =>
  a.segment - b.segment || families.indexOf(a.family) - families.indexOf(b.family);

/** Who owns the number: of a threshold on it, else of its category, else of the success measure. */
function ownerOf(policy: Policy, segment: Segment, family: Family): string | null {
  const threshold = policy.thresholds.find((t) => t.measure === family && t.segment === segment.id);
  const category = segment.category ? policy.categories[segment.category] : undefined;
  return threshold?.owner ?? category?.owner ?? policy.success?.owner ?? null;
}
