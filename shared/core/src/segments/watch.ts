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
import type { AlertRecord, WeekRecord } from '@seamwatch/contracts/records.ts';
import { type Days, dayMinutes, dayMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { AlertBook, type SeriesFinding } from '../alerts/alert-book.ts';
import { Limits } from '../alerts/limits.ts';
import { Fleet } from '../detection/fleet.ts';
import { freezesBaseline, levelOf } from '../detection/levels.ts';
import { ownerOf } from '../policy/owner.ts';
import { Arming } from './arming.ts';
import { Baselines, type SeriesFreeze } from './baselines.ts';
import type { DayNumber } from './calendar.ts';
import { EndedDays } from './ended-days.ts';
import { evidencePoints } from './evidence-points.ts';
import {
  baselineView,
  carriersOf,
  onsetOf,
  recoveryOf,
  strengthOf,
  tellComposite,
  tellSeries,
} from './findings.ts';
import { Freezes } from './freezes.ts';
import { NpsVerdicts } from './nps-verdicts.ts';
import { NpsWeeks } from './nps-weeks.ts';
import { type MinuteCounts, Observer, type ObserverOptions } from './observer.ts';
import type { BaselineView } from './rate-points.ts';
import { Rebasing } from './rebasing.ts';
import { type Composite, elapsedSince, inOrder, type Series, SeriesTable } from './series.ts';

export interface WatchOptions extends Omit<ObserverOptions, 'baselines' | 'weeks' | 'table'> {
  policy: Policy;
  /** How many days late events can revise; their evidence is kept as it stood at their end. */
  keptDays: number;
}

/** A measure in a window of a segment; undefined where the segment does not have it. */
type PointOf = (
  segment: number,
  of: { measure: Measure; window: RatePoint['window'] },
) => RatePoint | undefined;

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
  readonly #verdicts: NpsVerdicts;
  readonly #arming: Arming;
  readonly #freezes: Freezes;
  readonly #dirty = new Set<Series | Composite>();
  readonly #ended: EndedDays;
  readonly #newWeeks: WeekRecord[] = [];
  readonly #rebasing: Rebasing;

  constructor(options: WatchOptions) {
    const { policy, calendar, segments, layout } = options;
    this.#o = options;
    this.#ended = new EndedDays(options.keptDays);
    this.#fleet = new Fleet(policy.falseAlarms.per30Days);
    this.#weeks = new NpsWeeks(calendar);
    this.#table = new SeriesTable(layout.ages);
    this.#freezes = new Freezes(this.#table);
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
    this.#verdicts = new NpsVerdicts({ calendar, segments, weeks: this.#weeks, alerts: this.#alerts });
    this.#rebasing = new Rebasing({
      calendar,
      segments,
      alerts: this.#alerts,
      table: this.#table,
      fleet: this.#fleet,
      freezes: this.#freezes,
      dirty: this.#dirty,
    });
    this.#arming = new Arming({
      segments,
      weights: policy.falseAlarms.weights,
      baselines: this.#baselines,
      table: this.#table,
      fleet: this.#fleet,
    });
  }

  /** Number of series that share the false-alarm budget. */
  get armed(): number {
    return this.#fleet.size;
  }

  get falseAlarmsPer30Days(): number {
    return this.#fleet.per30Days;
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
      this.#dirty.add(composite);
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
      this.#dirty.add(composite);
      return;
    }
    if (freezesBaseline(level) && composite.frozenFrom === undefined) {
      composite.frozenFrom = this.#dayOf(onsetOf(composite, members)?.at ?? fusion.time);
      this.#dirty.add(composite);
    }
    if (!open && !raisesAlert(level)) return;
    const recoveryDays = open ? recoveryOf(members) : 0;
    const reading = { segment, measure: 'composite' as const, installationDays, recoveryDays };
    const verdict = this.#alerts.judge(minute, reading, () => this.#tellComposite(composite));
    if (verdict === 'opened') for (const { series } of carriersOf(members)) series.detector.watchRecovery();
    else if (verdict) this.#resolved(minute, verdict.resolved);
  }

  readonly #tomorrow = (minute: Minute): DayNumber => this.#o.calendar.day(minute * minuteMs) + 1;

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
      const composite = this.#table.compositeOf(key);
      if (series) this.#reset(minute, series);
      else if (composite) this.#resetComposite(minute, composite);
    }
  }

  #reset(minute: Minute, series: Series): void {
    this.#freezes.add(series.segment, [series.family], series.frozenFrom, this.#tomorrow(minute));
    series.frozenFrom = undefined;
    series.detector.reset();
    this.#dirty.add(series);
  }

  /** With the families that carried it, save those that have an alert of their own. */
  #resetComposite(minute: Minute, composite: Composite): void {
    const { segment } = composite;
    const members = this.#table.of(segment);
    const families = members.map(({ family }) => family);
    this.#freezes.add(segment, families, composite.frozenFrom, this.#tomorrow(minute));
    composite.frozenFrom = undefined;
    composite.fusion.reset();
    this.#dirty.add(composite);
    for (const series of members) {
      const carried = series.detector.watchesRecovery && !this.#alerts.isOpen(segment, series.family);
      if (carried) this.#reset(minute, series);
    }
  }

  /** A person takes the present level of a segment's measure as the new normal. */
  rebase(minute: Minute, segmentId: string, measure: Signal): void {
    if (!this.#rebasing.rebase(minute, segmentId, measure)) return;
    this.#learn(this.#o.calendar.day(minute * minuteMs));
  }

  /** After the last minute of a local day: open alerts are told anew; on Sundays the weekly NPS test and, when due, new baselines. */
  endOfDay(minute: Minute, day: DayNumber): void {
    const { calendar, segments } = this.#o;
    this.#ended.end(
      day,
      segments.map((_, s) => [s, this.evidence(s)]),
    );
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
    const reached = this.#baselines.learn(today, this.#freezes.all(), known);
    this.#freezes.prune(reached);
    this.#rebasing.learned(reached);
    this.#arm([...reached.keys()], (key) => this.#table.get(key) !== undefined);
  }

  #arm(learned: readonly Family[], armed: (key: string) => boolean): void {
    const { series, composites } = this.#arming.arm(learned, armed, this.#rebasing.barred);
    for (const each of [...series, ...composites]) this.#dirty.add(each);
  }

  #endOfWeek(minute: Minute, monday: DayNumber): void {
    for (const series of this.#table.all()) {
      series.expected.fade();
      this.#dirty.add(series);
    }
    this.#newWeeks.push(...this.#verdicts.endOfWeek(minute, monday));
  }

  takeAlerts(): AlertRecord[] {
    return this.#alerts.take();
  }

  takeWeeks(): WeekRecord[] {
    return this.#newWeeks.splice(0);
  }

  /** What is expected of a measure at the latest case mix of a segment; undefined for measures without evidence. */
  baseline(segment: number, measure: Measure): BaselineView | undefined {
    return baselineView(this.#table.of(segment), measure);
  }

  evidence(segment: number): EvidencePoint[] {
    return evidencePoints(this.#table, segment, this.#fleet);
  }

  /** Evidence as it stood at the end of a day of the last ten. */
  evidenceOf(segment: number, day: DayNumber): EvidencePoint[] {
    return this.#ended.of(segment, day);
  }

  *takeState(): Generator<{ key: string; value: Uint8Array | null }> {
    for (const key of this.#rebasing.takeGone()) {
      for (const kind of 'sxf') yield { key: `${kind}${key}`, value: null };
    }
    for (const each of this.#dirty) {
      const { key, frozenFrom } = each;
      const isSeries = 'detector' in each;
      yield { key: `s${key}`, value: (isSeries ? each.detector : each.fusion).encode() };
      if (isSeries) yield { key: `x${key}`, value: bytesOf(each.expected) };
      yield { key: `f${key}`, value: frozenFrom === undefined ? null : bytesOf(frozenFrom) };
    }
    this.#dirty.clear();
    for (const { day, evidence } of this.#ended.takeState()) {
      yield { key: `e${day}`, value: evidence && bytesOf(evidence) };
    }
    for (const { key, value } of this.#baselines.takeState()) yield { key: `b${key}`, value };
    for (const { key, value } of this.#weeks.takeState()) yield { key: `n${key}`, value };
    for (const { key, value } of this.#alerts.takeState()) yield { key: `a${key}`, value };
    const past = this.#freezes.takeState();
    if (past) yield { key: 'p', value: bytesOf(past) };
    const barred = this.#rebasing.takeState();
    if (barred) yield { key: 'r', value: bytesOf(barred) };
    const named = this.#observer.takeState();
    if (named) yield { key: 'c', value: bytesOf(named) };
  }

  readonly #restoring: [string, Uint8Array][] = [];

  restore(key: string, value: Uint8Array): void {
    const rest = key.slice(1);
    if (key[0] === 'b') this.#baselines.restore(rest, value);
    else if (key[0] === 'n') this.#weeks.restore(rest, value);
    else if (key[0] === 'a') this.#alerts.restore(rest, value);
    else if (key[0] === 'p') this.#freezes.restore(parsed(value) as SeriesFreeze[]);
    else if (key[0] === 'r') this.#rebasing.restore(parsed(value) as string[]);
    else if (key[0] === 'c') this.#observer.restore(parsed(value) as number[]);
    else if (key[0] === 'e') {
      this.#ended.restore(Number(rest), parsed(value) as [number, EvidencePoint[]][]);
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
    for (const [key, value] of this.#restoring) {
      const rest = key.slice(1);
      const series = this.#table.get(rest);
      const composite = this.#table.compositeOf(rest);
      if (key[0] === 's') (series?.detector ?? composite?.fusion)?.decode(value);
      else if (key[0] === 'x') series?.expected.restore(parsed(value) as [number[], number[]]);
      else {
        const frozen = series ?? composite;
        if (frozen) frozen.frozenFrom = parsed(value) as DayNumber;
      }
    }
    this.#dirty.clear();
    this.#restoring.length = 0;
  }
}

const raisesAlert = (level: EvidenceLevel): boolean => level === 'warning' || level === 'critical';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const parsed = (value: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(value));
