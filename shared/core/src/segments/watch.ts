import {
  type EvidenceLevel,
  type EvidencePoint,
  type Family,
  families,
  type Measure,
  type RatePoint,
  type Signal,
} from '@seamwatch/contracts/measures.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, Segment, WeekRecord } from '@seamwatch/contracts/records.ts';
import {
  type Days,
  dayMinutes,
  dayMs,
  type Minute,
  minuteMs,
  toRfc3339,
} from '@seamwatch/contracts/units.ts';
import { AlertBook, endOf, type SeriesFinding } from '../alerts/alert-book.ts';
import { Limits } from '../alerts/limits.ts';
import type { CounterLayout } from '../cells/counters.ts';
import type { LinkedCounters } from '../cells/linked-counters.ts';
import type { Information, Onset } from '../detection/estimates.ts';
import { Fleet } from '../detection/fleet.ts';
import { freezesBaseline, levelOf } from '../detection/levels.ts';
import type { SeriesBaseline } from '../detection/series-baseline.ts';
import { confirmation } from '../detection/weekly-nps.ts';
import { Baselines, type SeriesFreeze } from './baselines.ts';
import type { Calendar, DayNumber } from './calendar.ts';
import { applies, inUnits, isLinked, linkedName } from './families.ts';
import {
  carriersOf,
  onsetOf,
  recoveryOf,
  seriesKey,
  strengthOf,
  tellComposite,
  tellSeries,
} from './findings.ts';
import { NpsWeeks } from './nps-weeks.ts';
import { type MinuteCounts, Observer } from './observer.ts';
import type { BaselineView } from './rate-points.ts';
import { type Composite, elapsedSince, inOrder, type Series, SeriesTable } from './series.ts';

export interface WatchOptions {
  policy: Policy;
  layout: CounterLayout;
  counters: LinkedCounters;
  calendar: Calendar;
  segments: readonly Segment[];
  cellKey: (cell: number) => string;
  segmentsOf: (cell: number) => readonly number[];
  /** How many days late events can revise; their evidence is kept as it stood at their end. */
  keptDays: number;
}

/** A measure in a window of a segment; undefined where the segment does not have it. */
type PointOf = (
  segment: number,
  of: { measure: Measure; window: RatePoint['window'] },
) => RatePoint | undefined;

/** Observations below which a series is not judged at all. */
const leastBaseline = 500;
/**
 * Standard errors by which every baseline is put on the cautious side. What is learned is wrong by chance, and stays so while it is
 * kept: without a guard a series whose expectation came out two standard errors too low raises a false alarm in the end,
 * however high the threshold. See docs/decisions/003-guarded-baselines.md.
 */
const guardErrors = 2;

/**
 * The evidence of every series (segment × family) and of every segment as a whole, the baselines that it is judged
 * against, and the alerts that follow. Driven once per closed minute with the counts of that minute, summed over all
 * sources, and at the end of each local day.
 */
export class Watch {
  readonly #o: WatchOptions;
  readonly #fleet: Fleet;
  readonly #baselines = new Baselines();
  readonly #table: SeriesTable;
  readonly #observer: Observer;
  readonly #weeks: NpsWeeks;
  readonly #alerts: AlertBook;
  readonly #limits: Limits;
  /** Freezes of changes that are over; a person re-bases. */
  #past: SeriesFreeze[] = [];
  readonly #dirty = new Set<Series>();
  readonly #dirtyComposites = new Set<Composite>();
  readonly #ended = new Map<DayNumber, Map<number, EvidencePoint[]>>();
  readonly #endedDirty: DayNumber[] = [];
  readonly #newWeeks: WeekRecord[] = [];
  #pastChanged = false;

  constructor(options: WatchOptions) {
    const { policy, calendar, segments, layout } = options;
    this.#o = options;
    this.#fleet = new Fleet(policy.falseAlarms.per30Days);
    this.#weeks = new NpsWeeks(calendar);
    this.#table = new SeriesTable(layout.ages);
    this.#observer = new Observer({
      ...options,
      baselines: this.#baselines,
      weeks: this.#weeks,
      table: this.#table,
    });
    this.#alerts = new AlertBook({
      segments,
      thresholdDays: this.#fleet.threshold,
      clearAfterDays: policy.falseAlarms.clearAfterDays,
      timeZone: policy.timeZone,
      owner: (segment, measure) => ownerOf(policy, segment, measure),
    });
    this.#limits = new Limits(policy, this.#alerts);
  }

  /** Number of series that share the false-alarm budget. */
  get armed(): number {
    return this.#fleet.size;
  }

  /** Takes what one closed minute brought. */
  minute(minute: Minute, brought: MinuteCounts): void {
    this.#observer.minute(minute, brought);
    const time = minute / dayMinutes;
    for (const series of this.#observer.series) {
      const { detector } = series;
      detector.step(time, this.#fleet.inflow(series.key, elapsedSince(detector.time, time)));
      this.#dirty.add(series);
    }
    for (const composite of this.#observer.composites) {
      const { fusion } = composite;
      fusion.step(time, this.#fleet.inflow(composite.key, elapsedSince(fusion.time, time)));
      this.#dirtyComposites.add(composite);
    }
  }

  /** Judges what the minute touched: every series first, then the segments that they belong to. */
  decide(minute: Minute): void {
    const touched = [...this.#observer.series].sort(inOrder);
    for (const series of touched) this.#judge(minute, series);
    const segments = new Set([
      ...touched.map(({ segment }) => segment),
      ...[...this.#observer.composites].map(({ segment }) => segment),
    ]);
    for (const segment of [...segments].sort((a, b) => a - b)) {
      const composite = this.#table.composite(segment);
      if (composite) this.#judgeComposite(minute, composite);
    }
    this.#observer.clear();
  }

  /** Judges the exit thresholds of the policy, after `decide`. */
  decideLimits(minute: Minute, point: PointOf): void {
    this.#limits.decide(minute, this.#o.segments, point);
  }

  #judge(minute: Minute, series: Series): void {
    const { detector, segment, family } = series;
    const level = detector.level(this.#fleet.threshold);
    const open = this.#alerts.isOpen(segment, family);
    if (level === 'quiet' && !open) {
      series.frozenFrom = undefined;
      return;
    }
    if (freezesBaseline(level)) series.frozenFrom ??= this.#dayOf(detector.onset()?.at ?? detector.time);
    if (!open && !raisesAlert(level)) return;
    const installationDays = detector.installationDays();
    const reading = { segment, measure: family, installationDays, recoveryDays: detector.recoveryDays() };
    const verdict = this.#alerts.judge(minute, reading, () => this.#tell(series));
    if (verdict === 'opened') detector.watchRecovery();
    else if (verdict) this.#resolved(minute, verdict.resolved);
  }

  #judgeComposite(minute: Minute, composite: Composite): void {
    const { segment, fusion } = composite;
    const members = this.#table.of(segment);
    const { installationDays, lnRatio } = strengthOf(composite, members);
    const level = levelOf(installationDays, this.#fleet.threshold, lnRatio);
    const open = this.#alerts.isOpen(segment, 'composite');
    if (level === 'quiet' && !open) {
      if (composite.frozenFrom === undefined) return;
      composite.frozenFrom = undefined;
      this.#dirtyComposites.add(composite);
      return;
    }
    if (freezesBaseline(level) && composite.frozenFrom === undefined) {
      composite.frozenFrom = this.#dayOf(onsetOf(composite, members)?.at ?? fusion.time);
      this.#dirtyComposites.add(composite);
    }
    if (!open && !raisesAlert(level)) return;
    const recoveryDays = open ? recoveryOf(members) : 0;
    const reading = { segment, measure: 'composite' as const, installationDays, recoveryDays };
    const verdict = this.#alerts.judge(minute, reading, () => this.#tellComposite(composite));
    if (verdict === 'opened') for (const { series } of carriersOf(members)) series.detector.watchRecovery();
    else if (verdict) this.#resolved(minute, verdict.resolved);
  }

  readonly #dayOf = (at: Days): DayNumber => this.#o.calendar.day(at * dayMs);

  /** What an alert tells; costly, so only made when something is to be told. */
  #tell(series: Series): SeriesFinding {
    const days = series.detector.installationDays();
    return { ...tellSeries(series, this.#o.layout.ages), ...this.#inDays(series.key, days) };
  }

  #tellComposite(composite: Composite): SeriesFinding {
    const members = this.#table.of(composite.segment);
    const days = strengthOf(composite, members).installationDays;
    return {
      ...tellComposite(composite, members, this.#o.layout.ages),
      ...this.#inDays(composite.key, days),
    };
  }

  #inDays(key: string, installationDays: Days): Pick<SeriesFinding, 'installationDays' | 'evidenceDays'> {
    return { installationDays, evidenceDays: this.#fleet.seriesDays(key, installationDays) };
  }

  /** Evidence of what an alert stood for starts from nothing. */
  #resolved(minute: Minute, keys: readonly string[]): void {
    for (const key of keys) {
      const series = this.#table.get(key);
      if (series) this.#reset(minute, series);
      else
        for (const composite of this.#table.composites()) {
          if (composite.key === key) this.#resetComposite(minute, composite);
        }
    }
  }

  #reset(minute: Minute, series: Series): void {
    this.#thaw(minute, series.segment, [series.family], series.frozenFrom);
    series.frozenFrom = undefined;
    series.detector.reset();
    this.#dirty.add(series);
  }

  /** With the families that carried it, save those that have an alert of their own. */
  #resetComposite(minute: Minute, composite: Composite): void {
    const { segment } = composite;
    const members = this.#table.of(segment);
    const families = members.map(({ family }) => family);
    this.#thaw(minute, segment, families, composite.frozenFrom);
    composite.frozenFrom = undefined;
    composite.fusion.reset();
    this.#dirtyComposites.add(composite);
    for (const series of members) {
      const carried = series.detector.watchesRecovery && !this.#alerts.isOpen(segment, series.family);
      if (carried) this.#reset(minute, series);
    }
  }

  /** Days that were frozen stay out of the baseline. */
  #thaw(minute: Minute, segment: number, families: readonly Family[], from: DayNumber | undefined): void {
    if (from === undefined) return;
    const to = this.#o.calendar.day(minute * minuteMs) + 1;
    for (const family of families) this.#past.push({ family, segment, from, to });
    this.#pastChanged = true;
  }

  /** After the last minute of a local day: open alerts are told anew; on Sundays the weekly NPS test and, when due, new baselines. */
  endOfDay(minute: Minute, day: DayNumber): void {
    const { calendar, segments, keptDays } = this.#o;
    this.#ended.set(day, new Map(segments.map((_, s) => [s, this.evidence(s)])));
    this.#ended.delete(day - keptDays);
    this.#endedDirty.push(day, day - keptDays);
    this.#refresh(minute);
    if (calendar.monday(day + 1) !== day + 1) return;
    this.#endOfWeek(minute, calendar.monday(day));
    if (this.#baselines.due(day + 1)) this.#learn(day + 1);
  }

  #refresh(minute: Minute): void {
    for (const segment of this.#o.segments.keys()) {
      for (const series of this.#table.of(segment)) {
        if (!this.#alerts.isOpen(segment, series.family)) continue;
        this.#alerts.refresh(minute, segment, series.family, this.#tell(series));
      }
      const composite = this.#table.composite(segment);
      if (!composite || !this.#alerts.isOpen(segment, 'composite')) continue;
      this.#alerts.refresh(minute, segment, 'composite', this.#tellComposite(composite));
    }
  }

  #learn(today: DayNumber): void {
    const known = { cells: this.#observer.cells, segments: this.#o.segments.length };
    const reached = this.#baselines.learn(today, this.#freezes(), known);
    const felt = this.#past.filter(
      ({ family, to }) => to > (reached.get(family) ?? Number.NEGATIVE_INFINITY),
    );
    this.#pastChanged ||= felt.length < this.#past.length;
    this.#past = felt;
    this.#arm([...reached.keys()], (key) => this.#table.get(key) !== undefined);
  }

  #freezes(): SeriesFreeze[] {
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

  /** Series whose baseline is known join the fleet; their detectors learn what the new baseline knows. */
  #arm(learned: readonly Family[], armed: (key: string) => boolean): void {
    const { segments } = this.#o;
    const fused = new Map<Family, Map<number, SeriesBaseline>>();
    for (const family of learned) {
      const known = segments.slice(0, this.#baselines.known(family).segments);
      const watched = [...known.keys()].filter((number) => applies(family, known[number]!));
      for (const [i, baseline] of this.#baselines.series(family, watched).entries()) {
        const number = watched[i]!;
        const key = seriesKey(segments[number]!.id, family);
        if (baseline.n < leastBaseline && !armed(key)) continue;
        const series = this.#table.get(key) ?? this.#table.add(key, number, family, baseline);
        series.baseline = baseline;
        series.detector.configure(guarded(baseline));
        this.#fleet.set(key, this.#weight(number));
        this.#dirty.add(series);
      }
      fused.set(family, this.#fusedBaselines(family, watched));
    }
    for (const segment of segments.keys()) this.#armComposite(segment, fused);
  }

  /** Baselines of a family that know all earlier outcomes of an interaction, by segment. */
  #fusedBaselines(family: Family, watched: readonly number[]): Map<number, SeriesBaseline> {
    const baselines = isLinked(family)
      ? this.#baselines.series(linkedName(family), watched)
      : watched.map((segment) => this.#table.of(segment).find((s) => s.family === family)?.baseline);
    const all = watched.map((segment, i) => [segment, baselines[i]] as const);
    return new Map(all.flatMap(([segment, of]) => (of && of.n >= leastBaseline ? [[segment, of]] : [])));
  }

  /** A segment is judged as a whole where at least two of its families are. */
  #armComposite(segment: number, fused: ReadonlyMap<Family, ReadonlyMap<number, SeriesBaseline>>): void {
    const members = this.#table.of(segment);
    if (members.length < 2) return;
    const key = seriesKey(this.#o.segments[segment]!.id, 'composite');
    const composite = this.#table.composite(segment) ?? this.#table.addComposite(key, segment);
    for (const { family } of members) {
      const baselines = fused.get(family);
      if (!baselines) continue;
      const baseline = baselines.get(segment);
      if (baseline) {
        composite.fused.add(family);
        composite.fusion.configure(family, guarded(baseline));
      } else composite.fused.delete(family);
    }
    this.#fleet.set(key, this.#weight(segment));
    this.#dirtyComposites.add(composite);
  }

  #weight(segment: number): number {
    return this.#o.policy.falseAlarms.weights[this.#o.segments[segment]!.id] ?? 1;
  }

  #endOfWeek(minute: Minute, monday: DayNumber): void {
    for (const series of this.#table.all()) {
      series.expected.fade();
      this.#dirty.add(series);
    }
    for (const segment of this.#weeks.segments(monday)) {
      this.#newWeeks.push(this.#weeks.test(segment, this.#o.segments[segment]!.id, monday));
    }
    for (const alert of this.#alerts.unjudged) this.#judgeByNps(minute, monday, alert);
    this.#weeks.expire(monday);
  }

  /** What NPS says of an alert at the end of a week: the weekly test dates it, the stricter one confirms it. */
  #judgeByNps(minute: Minute, monday: DayNumber, alert: AlertRecord): void {
    const { calendar, segments } = this.#o;
    const onset = calendar.monday(calendar.day(Date.parse(alert.onset.at)));
    const segment = segments.findIndex((s) => s.id === alert.segment);
    const confirms = this.#weeks.confirms(segment, onset, monday);
    // The week of the onset is part of neither side.
    if (monday > onset) {
      const dated = this.#weeks.test(segment, alert.segment, monday, onset).rejects;
      if (dated && alert.npsConfirmedAt === null) {
        this.#alerts.addVerdict(minute, alert.id, { npsConfirmedAt: endOf(minute) });
      }
      if (confirms?.rejects && alert.verdict === 'pending') {
        this.#alerts.addVerdict(minute, alert.id, { verdict: 'confirmed' });
      }
    }
    if (minute * minuteMs - Date.parse(alert.openedAt) <= confirmation.withinDays * dayMs) return;
    const { verdict } = this.#alerts.unjudged.find(({ id }) => id === alert.id)!;
    if (verdict === 'pending') {
      this.#alerts.addVerdict(minute, alert.id, { verdict: confirms ? 'unconfirmed' : 'none' });
    }
    this.#alerts.settle(alert.id);
  }

  takeAlerts(): AlertRecord[] {
    return this.#alerts.take();
  }

  takeWeeks(): WeekRecord[] {
    return this.#newWeeks.splice(0);
  }

  /** What is expected of a measure at the latest case mix of a segment; undefined for measures without evidence. */
  baseline(segment: number, measure: Measure): BaselineView | undefined {
    const series = this.#table.of(segment).find((s) => s.family === measure);
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
    const members = this.#table.of(segment);
    const points = members.map((series): EvidencePoint => {
      const { detector, family, baseline } = series;
      const level = detector.level(this.#fleet.threshold);
      const days = detector.installationDays();
      return this.#point(series.key, family, days, level, baseline.learning, () => detector.onset());
    });
    const composite = this.#table.composite(segment);
    if (!composite) return points;
    const { installationDays, lnRatio } = strengthOf(composite, members);
    const level = levelOf(installationDays, this.#fleet.threshold, lnRatio);
    const learning = members.some(({ baseline }) => baseline.learning);
    const onset = () => onsetOf(composite, members);
    const point = this.#point(composite.key, 'composite', installationDays, level, learning, onset);
    if (level !== 'quiet') {
      point.carriers = carriersOf(members).map(({ family, part }) => ({ measure: family, part }));
    }
    return [...points, point];
  }

  #point(
    key: string,
    measure: Signal,
    installationDays: Days,
    level: EvidenceLevel,
    learning: boolean,
    onset: () => Onset | null,
  ): EvidencePoint {
    const began = level === 'quiet' ? null : onset();
    return {
      measure,
      direction: 'worse',
      days: this.#fleet.seriesDays(key, installationDays),
      installationDays,
      level,
      learning,
      onset: began ? toRfc3339(Math.round(began.at * dayMs)) : null,
    };
  }

  /** Evidence as it stood at the end of a day of the last ten. */
  evidenceOf(segment: number, day: DayNumber): EvidencePoint[] {
    return this.#ended.get(day)?.get(segment) ?? [];
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    for (const { key, detector, expected, frozenFrom } of this.#dirty) {
      yield { key: `s${key}`, value: detector.encode() };
      yield { key: `x${key}`, value: bytesOf(expected) };
      yield { key: `f${key}`, value: frozenFrom === undefined ? null : bytesOf(frozenFrom) };
    }
    this.#dirty.clear();
    for (const { key, fusion, frozenFrom } of this.#dirtyComposites) {
      yield { key: `s${key}`, value: fusion.encode() };
      yield { key: `f${key}`, value: frozenFrom === undefined ? null : bytesOf(frozenFrom) };
    }
    this.#dirtyComposites.clear();
    for (const day of this.#endedDirty.splice(0)) {
      const evidence = this.#ended.get(day);
      yield { key: `e${day}`, value: evidence ? bytesOf([...evidence]) : null };
    }
    for (const { key, value } of this.#baselines.takeState()) yield { key: `b${key}`, value };
    for (const { key, value } of this.#weeks.takeState()) yield { key: `n${key}`, value };
    for (const { key, value } of this.#alerts.takeState()) yield { key: `a${key}`, value };
    if (this.#pastChanged) yield { key: 'p', value: bytesOf(this.#past) };
    this.#pastChanged = false;
    const named = this.#observer.takeState();
    if (named) yield { key: 'c', value: bytesOf(named) };
  }

  readonly #restoring: [string, Uint8Array][] = [];

  restore(key: string, value: Uint8Array): void {
    const rest = key.slice(1);
    if (key[0] === 'b') this.#baselines.restore(rest, value);
    else if (key[0] === 'n') this.#weeks.restore(rest, value);
    else if (key[0] === 'a') this.#alerts.restore(rest, value);
    else if (key[0] === 'p') this.#past = parsed(value) as SeriesFreeze[];
    else if (key[0] === 'c') this.#observer.restore(parsed(value) as number[]);
    else if (key[0] === 'e') {
      this.#ended.set(Number(rest), new Map(parsed(value) as [number, EvidencePoint[]][]));
    } else this.#restoring.push([key, value]);
  }

  /** After the last record, and after cells and segments are known again. */
  restored(): void {
    this.#observer.restoreKnown();
    this.#baselines.restored();
    // Those that the newest baseline knows too little of come along.
    const stored = new Set(this.#restoring.filter(([key]) => key[0] === 's').map(([key]) => key.slice(1)));
    this.#arm(families, (key) => stored.has(key));
    this.#observer.restored();
    const composites = new Map([...this.#table.composites()].map((composite) => [composite.key, composite]));
    for (const [key, value] of this.#restoring) {
      const rest = key.slice(1);
      const series = this.#table.get(rest);
      const composite = composites.get(rest);
      if (key[0] === 's') (series?.detector ?? composite?.fusion)?.decode(value);
      else if (key[0] === 'x') series?.expected.restore(parsed(value) as [number[], number[]]);
      else {
        const frozen = series ?? composite;
        if (frozen) frozen.frozenFrom = parsed(value) as DayNumber;
      }
    }
    this.#dirty.clear();
    this.#dirtyComposites.clear();
    this.#restoring.length = 0;
  }
}

/** How evidence and baselines are kept apart by what is not known well. */
const guarded = (baseline: SeriesBaseline): Information & { guard: number } => ({
  ...baseline,
  guard: baseline.standardError * guardErrors,
});

const raisesAlert = (level: EvidenceLevel): boolean => level === 'warning' || level === 'critical';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (value: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(value));

/** Who owns the number: of a threshold on it, else of its category, else of the success measure. */
function ownerOf(policy: Policy, segment: Segment, measure: Signal): string | null {
  const threshold = policy.thresholds.find((t) => t.measure === measure && t.segment === segment.id);
  const category = segment.category ? policy.categories[segment.category] : undefined;
  return threshold?.owner ?? category?.owner ?? policy.success?.owner ?? null;
}
