import { type Window, windows } from '@seamwatch/contracts/measures.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import { type BaselineRebased, decodeRebased } from '@seamwatch/contracts/rebasing.ts';
import type { Segment, SegmentsRecord } from '@seamwatch/contracts/records.ts';
import {
  dayMs,
  type EventTimeMs,
  hourMinutes,
  hourMs,
  type Minute,
  minuteMs,
} from '@seamwatch/contracts/units.ts';
import type { ByteReader } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { CounterLayout } from '../cells/counters.ts';
import { LinkedCounters } from '../cells/linked-counters.ts';
import { decodeRollup } from '../journeys/rollup.ts';
import { TierRules } from '../policy/tiers.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import { otherVersion, otherWindow } from '../ports/state-errors.ts';
import { Calendar } from './calendar.ts';
import { CellPlaces } from './cell-places.ts';
import { Counting } from './counting.ts';
import { DaySums } from './day-sums.ts';
import { LinkedTrials } from './linked-trials.ts';
import { Outbox } from './outbox.ts';
import { Pending } from './pending.ts';
import { RunningMinutes } from './running-minutes.ts';
import { boardRules, SegmentRules } from './segment-rules.ts';
import { ShownRecords } from './shown-records.ts';
import { Sources } from './sources.ts';
import { StateLog } from './state-log.ts';
import { Trials } from './trials.ts';
import { Watch } from './watch.ts';
import { WindowSums } from './window-sums.ts';

/** Key of the state's head. Its number goes up with each change of what stands under any key: nothing is misread then. */
const headKey = '~2';

/** Closed this recently, a minute is shown at full cadence; a replay of older history is shown by the hour. */
const liveMs = 2 * hourMs;

const cadenceMinutes: Record<'live' | 'replay', Record<Window, number>> = {
  live: { '1h': 1, '24h': 5, '7d': hourMinutes, '28d': hourMinutes },
  replay: { '1h': hourMinutes, '24h': hourMinutes, '7d': 6 * hourMinutes, '28d': 6 * hourMinutes },
};

/**
 * Stage B: merges the counts of all partitions, closes minutes once every source has passed them, slides the windows,
 * updates the evidence, decides alerts. A pure function of the rollups in their order: restarts and batches change
 * nothing. Within a minute all counts are added up before anything is judged, so sources may interleave in any way.
 */
export class Segments {
  readonly #layout: CounterLayout;
  readonly #linked: LinkedCounters;
  readonly #rules: SegmentRules;
  readonly #calendar: Calendar;
  readonly #sources: Sources;
  readonly #pending = new Pending();
  readonly #running = new RunningMinutes();
  readonly #trials: Trials;
  readonly #linkedTrials: LinkedTrials;
  readonly #windows: WindowSums;
  readonly #days: DaySums;
  readonly #counting: Counting;
  readonly #watch: Watch;
  readonly #cells: CellPlaces;
  readonly #records: ShownRecords;
  readonly #ratesFrom: EventTimeMs;
  /** Newest closed minute; −∞ before the first. */
  #closed: Minute = Number.NEGATIVE_INFINITY;
  #position = 0;
  /** Append time of the rollup whose minutes are being closed; NaN where none is. */
  #closingMs = Number.NaN;
  #shownSegments = 0;
  #live = false;
  readonly #state = new StateLog();
  readonly #out = new Outbox();

  /**
   * `partitions`: partition count of the input topics. `ratesFrom`: no rates are shown for minutes before it (days and
   * alerts are), for history that nobody looks at by the minute.
   */
  constructor(options: { policy: Policy; partitions: number; ratesFrom?: EventTimeMs }) {
    const { policy, ratesFrom = Number.NEGATIVE_INFINITY } = options;
    this.#ratesFrom = ratesFrom;
    this.#layout = new CounterLayout(policy.repeat.window / dayMs);
    this.#linked = new LinkedCounters(this.#layout);
    this.#rules = new SegmentRules(policy, [...boardRules, ...policy.segments]);
    this.#calendar = new Calendar(policy.timeZone);
    this.#sources = new Sources(options.partitions);
    this.#cells = new CellPlaces(this.#rules, options.partitions);
    const lagMinutes = Math.ceil(policy.repeat.maxHandleTime / minuteMs);
    this.#trials = new Trials(this.#layout, lagMinutes);
    this.#linkedTrials = new LinkedTrials(this.#linked, lagMinutes);
    const { segmentsOf, placeOf, segmentsAt } = this.#cells;
    this.#windows = new WindowSums(this.#layout.size, segmentsAt, ratesFrom / minuteMs);
    const keptDays = Math.ceil(policy.time.allowedLateness / dayMs) + 2;
    this.#days = new DaySums(this.#layout.size, keptDays, segmentsAt);
    this.#counting = new Counting({
      layout: this.#layout,
      counters: this.#linked,
      calendar: this.#calendar,
      placeOf,
      trials: this.#trials,
      linkedTrials: this.#linkedTrials,
      windows: this.#windows,
      days: this.#days,
    });
    this.#watch = new Watch({
      policy,
      layout: this.#layout,
      counters: this.#linked,
      calendar: this.#calendar,
      segments: this.#rules.segments,
      cellKey: (cell) => this.#cells.key(cell),
      segmentsOf,
      keptDays,
    });
    const { minimumN } = policy;
    const ruleNames = new TierRules(policy).names;
    const shown = { layout: this.#layout, minimumN, ruleNames };
    this.#records = new ShownRecords(shown, this.#rules.segments, this.#calendar, this.#watch);
  }

  /** End of the last closed minute: "data as of"; −∞ before the first. */
  get asOf(): EventTimeMs {
    return (this.#closed + 1) * minuteMs;
  }

  /** Characters of what is to be shown since the last commit. */
  get outSize(): number {
    return this.#out.size;
  }

  /** Takes the next rollup. */
  apply(record: LogRecord): void {
    for (const _ of this.applying(record)) {
      // One step after the other.
    }
  }

  /**
   * As `apply`, in steps, because a rollup can close weeks: between them its caller may do something else, commit as well,
   * but not apply another one. What was left is done before the next one is taken, after a restart too.
   */
  *applying(record: LogRecord): Generator<undefined, void, undefined> {
    yield* this.#close();
    this.#position = record.offset + 1;
    if (record.value === null) return;
    const rebased = decodeRebased(record);
    if (rebased) {
      if (rebased !== 'malformed' && Number.isFinite(this.#closed)) this.#rebase(rebased);
      return;
    }
    const rollup = decodeRollup(record.value);
    this.#sources.update(rollup);
    const { partition } = rollup;
    for (const { id, key } of rollup.cells) this.#cells.meet(partition, id, key);
    for (const group of rollup.groups) {
      // A source that was idle may speak of minutes that are closed: evidence may use it from now on.
      const stamp = Math.max(group.stamp, this.#closed + 1);
      const waiting = { ...group, cell: this.#cells.of(partition, group.cell), stamp };
      this.#pending.add(stamp, waiting);
      this.#running.add(waiting);
    }
    this.#closingMs = record.appendedMs;
    yield* this.#close();
  }

  #rebase({ segment, measure }: BaselineRebased): void {
    this.#watch.rebase(this.#closed, segment, measure);
    for (const alert of this.#watch.takeAlerts()) this.#out.put('alerts', alert.id, alert);
  }

  /** Everything since the last commit: what is shown, and the state to go on from. */
  commit(): { records: OutRecord[]; positions: Map<string, number> } {
    this.#showSegments();
    this.#out.put('rates', '~progress', this.#records.progress(this.asOf, this.#sources.status()));
    this.#putState();
    const records = this.#out.take().concat(this.#state.take());
    return { records, positions: new Map([['rollups-0', this.#position]]) };
  }

  /** Counts of the running minutes on top of the newest hour, where they have changed since they were asked for: provisional, for live screens only. */
  provisional(): OutRecord[] {
    if (this.#closed === Number.NEGATIVE_INFINITY) return [];
    const known = new Map<number, number[]>();
    const changed = this.#running.takeChanged({
      waiting: this.#pending.all(),
      segmentsOf: (cell) =>
        this.#cells.isPlaced(cell)
          ? this.#cells.segmentsOf(cell)
          : getOrAdd(known, cell, () => this.#rules.known(this.#cells.key(cell))),
      hour: (segment) => this.#windows.sums('1h', segment),
      add: (counts, to) => {
        for (let i = 0; i < counts.length; i += 2) {
          if (this.#counting.isShown(counts[i]!)) to[counts[i]!]! += counts[i + 1]!;
        }
      },
    });
    return [...changed].map(([segment, counts]) => {
      const record = this.#records.rates(segment, { '1h': counts }, this.asOf, true);
      const points = this.#running.news(segment, record.points);
      return { topic: 'rates', key: record.segment, value: JSON.stringify({ ...record, points }) };
    });
  }

  *#close(): Generator<undefined, void, undefined> {
    if (Number.isNaN(this.#closingMs)) return;
    yield* this.#closeMinutes(this.#closingMs);
    this.#closingMs = Number.NaN;
  }

  *#closeMinutes(appendedMs: number): Generator<undefined, void, undefined> {
    let until = this.#sources.openMinute;
    if (this.#sources.allIdle) {
      // Nothing earlier is on its way: what waits is complete.
      until = Math.max(this.#closed, this.#pending.last) + 1;
    }
    if (this.#closed === Number.NEGATIVE_INFINITY) {
      const first = Math.min(this.#pending.first, until);
      if (!Number.isFinite(first)) return;
      this.#closed = first - 1;
      this.#windows.now = this.#closed;
    }
    while (this.#closed + 1 < until) {
      this.#closeMinute(this.#next(until), appendedMs);
      yield;
    }
    if (this.#sources.allIdle) this.#showRates(windows);
  }

  /** The next minute to close. In a long silence there is nothing to do but once a day, at its end. */
  #next(until: Minute): Minute {
    const next = this.#closed + 1;
    if (!this.#trials.empty || !this.#linkedTrials.empty || !this.#windows.empty) return next;
    const shown = Math.ceil(this.#ratesFrom / minuteMs) - 1;
    if (this.#windows.hasChanged && next >= shown) return next;
    const { first } = this.#pending;
    const today = this.#calendar.day(next * minuteMs);
    const endOfDay = Math.ceil(this.#calendar.startOfDay(today + 1) / minuteMs) - 1;
    return Math.max(next, Math.min(endOfDay, until - 1, first, shown > next ? shown : endOfDay));
  }

  #closeMinute(minute: Minute, appendedMs: number): void {
    this.#windows.advance(minute);
    const groups = this.#pending.take(minute);
    this.#running.reset();
    this.#cells.place(groups.map(({ cell }) => cell));
    const counts = this.#counting.count(minute, groups);
    this.#closed = minute;
    this.#watch.minute(minute, counts);
    const today = this.#calendar.day(minute * minuteMs);
    const newDay = this.#calendar.day((minute + 1) * minuteMs) !== today;
    this.#watch.decide(minute);
    if ((minute + 1) * minuteMs >= this.#ratesFrom) {
      this.#watch.decideLimits(minute, (segment, { measure, window }) =>
        this.#records.point(segment, this.#windows.sums(window, segment), measure, window),
      );
    }
    if (newDay) this.#watch.endOfDay(minute, today);
    for (const alert of this.#watch.takeAlerts()) this.#out.put('alerts', alert.id, alert);
    for (const week of this.#watch.takeWeeks()) this.#out.put('days', `${week.segment}|${week.week}`, week);
    this.#show(minute, appendedMs, newDay);
    if (newDay) this.#days.expire(today);
  }

  /** Shows what changed, at the cadence of its window; days when they end, and today's by the hour. */
  #show(minute: Minute, appendedMs: number, newDay: boolean): void {
    const end = (minute + 1) * minuteMs;
    const live = appendedMs - end < liveMs;
    const hourEnds = (minute + 1) % hourMinutes === 0;
    if (newDay || (live && hourEnds)) this.#showDays(minute, live);
    if (end < this.#ratesFrom) return;
    const cadence = cadenceMinutes[live ? 'live' : 'replay'];
    // The first live minute after a replay shows all that the replay's cadence has left out.
    const all = live && !this.#live;
    this.#live = live;
    const due = windows.filter((w) => all || (minute + 1) % cadence[w] === 0);
    if (due.length > 0) this.#showRates(due);
  }

  #showRates(due: readonly Window[]): void {
    const changed = new Map<number, Window[]>();
    for (const window of due) {
      for (const segment of this.#windows.takeChanged(window))
        getOrAdd(changed, segment, () => []).push(window);
    }
    if (changed.size > 0) this.#showSegments();
    for (const [segment, which] of [...changed].sort((a, b) => a[0] - b[0]))
      this.#showWindows(segment, which);
  }

  #showWindows(segment: number, which: readonly Window[]): void {
    const sums = Object.fromEntries(which.map((w) => [w, this.#windows.sums(w, segment)]));
    const record = this.#records.rates(segment, sums, this.asOf, false);
    this.#out.put('rates', record.segment, record);
  }

  /** Shows every segment and window again, and which segments there are. */
  showAll(): void {
    if (this.#closed === Number.NEGATIVE_INFINITY) return;
    for (const window of windows) this.#windows.takeChanged(window);
    this.#shownSegments = 0;
    this.#showSegments();
    for (const segment of this.#rules.segments.keys()) this.#showWindows(segment, windows);
  }

  #showDays(minute: Minute, live: boolean): void {
    const today = this.#calendar.day(minute * minuteMs);
    const ended = this.#calendar.day((minute + 1) * minuteMs) !== today;
    for (const { day, segment, counts } of this.#days.takeChanged(today, live || ended)) {
      const record = this.#records.day(segment, counts, day, today);
      this.#out.put('days', `${record.segment}|${record.day}`, record);
    }
  }

  #showSegments(): void {
    if (this.#shownSegments === this.#rules.segments.length) return;
    this.#shownSegments = this.#rules.segments.length;
    this.#out.put('rates', '~segments', {
      kind: 'segments',
      segments: this.#rules.segments,
    } satisfies SegmentsRecord);
  }

  /** Changed keys of the state: its head, `d`, `g` and `p` cells and their places, `w` what the watch keeps, and by time below. */
  #putState(): void {
    const log = this.#state;
    this.#cells.putState(log);
    this.#pending.flush((key, write) => log.put(`q${key}`, write));
    this.#windows.settle();
    log.flush('b', this.#windows.dirtyMinutes, (m, to) => this.#windows.encodeMinute(m, to));
    log.flush('h', this.#windows.dirtyHours, (h, to) => this.#windows.encodeHour(h, to));
    log.flush('t', this.#trials.dirty, (m, to) => this.#trials.encode(m, to));
    log.flush('l', this.#linkedTrials.dirty, (h, to) => this.#linkedTrials.encode(h, to));
    log.flush('y', this.#days.dirty, (d, to) => this.#days.encode(d, to));
    for (const { key, value } of this.#watch.takeState()) log.set(`w${key}`, value);
    log.put(headKey, (to) => {
      to.int(this.#layout.ages)
        .int(this.#position)
        .float(this.#closed)
        .int(this.#shownSegments)
        .byte(this.#live ? 1 : 0);
      this.#sources.encode(to);
      to.text(JSON.stringify(this.#rules.segments));
      this.#windows.encodeChanged(to);
      to.float(this.#closingMs);
      return true;
    });
  }

  /** Takes one record of the state; a key may come several times, the newest last. */
  restore(key: string | null, value: Uint8Array | null): void {
    if (key !== null) this.#state.restore(key, value);
  }

  /**
   * Puts the state together after the last record, and gives the position to read on from. Throws `SEAM_CONFIG` where the
   * policy has got another repeat window, `SEAM_STORE_VERSION` where another version of Seamwatch wrote the state.
   */
  restored(): ReadonlyMap<string, number> {
    const log = this.#state;
    const head = log.kept(headKey);
    if (!head && !log.empty) throw otherVersion();
    if (head) {
      this.#restoreHead(head);
      this.#cells.restore(log);
      log.each('q', (key, from) => this.#pending.restore(key, from));
      log.each('b', (m, from) => this.#windows.restoreMinute(Number(m), from));
      log.each('h', (h, from) => this.#windows.restoreHour(Number(h), from));
      log.each('t', (m, from) => this.#trials.restore(Number(m), from));
      log.each('l', (h, from) => this.#linkedTrials.restore(Number(h), from));
      log.each('y', (d, from) => this.#days.restore(Number(d), from));
      log.each('w', (rest, _, value) => this.#watch.restore(rest, value));
      this.#watch.restored();
    }
    log.restored();
    return new Map([['rollups-0', this.#position]]);
  }

  #restoreHead(from: ByteReader): void {
    const ages = from.int();
    if (ages !== this.#layout.ages) throw otherWindow(ages, this.#layout.ages);
    this.#position = from.int();
    this.#closed = from.float();
    this.#shownSegments = from.int();
    this.#live = from.byte() === 1;
    this.#sources.decode(from);
    this.#rules.restore(JSON.parse(from.text()) as Segment[]);
    this.#windows.restoreChanged(from);
    this.#closingMs = from.float();
    this.#windows.now = this.#closed;
    if (Number.isFinite(this.#closed)) this.#days.expire(this.#calendar.day(this.asOf) - 1);
  }
}
