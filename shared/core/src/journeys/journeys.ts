import { type Decoded, decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import {
  eventTimeMs,
  eventTypes,
  handoffCauses,
  type InteractionClosed,
  type InteractionHandedOff,
  type SurveyAnswered,
  type SurveySent,
  topicOf,
} from '@seamwatch/contracts/events.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import { attributesOf, cellKey, Dictionary, parseCell, unknown } from '../cells/cell.ts';
import { CounterLayout } from '../cells/counters.ts';
import { SipHash } from '../hash/siphash.ts';
import { TierRules } from '../policy/tiers.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import { sketchBin } from '../stats/quantile-sketch.ts';
import { Changes } from './changes.ts';
import { Contributions } from './contributions.ts';
import { Customers } from './customers.ts';
import { InteractionIndex, outcome } from './interaction-index.ts';
import { RollupWriter } from './rollup.ts';
import { SourceClock } from './source-clock.ts';
import { type Survey, Surveys } from './surveys.ts';

/** A customer without contact for this long is forgotten. */
const customerExpiryMs = 400 * dayMs;

/** A rollup is closed at this size; far below the megabyte that logs take. */
const rollupBytes = 128 * 1024;

export interface JourneysCommit {
  /** One or more, in order. */
  rollups: Uint8Array[];
  deadLetters: OutRecord[];
  changelog: OutRecord[];
  positions: Map<string, number>;
}

/**
 * Stage A of one partition: what is remembered of each customer and interaction, and the counts that each event adds
 * to its cell and minute. A pure function of the records applied: no clock, no order but that of the log. Within the
 * allowed lateness the counts do not depend on the order of events either: what a late event changes is taken back and
 * counted anew.
 */
export class Journeys {
  readonly partition: number;
  readonly clocks: { readonly interactions: SourceClock; readonly surveys: SourceClock };
  readonly #tiers: TierRules;
  readonly #hash: SipHash;
  readonly #cells = new Dictionary();
  readonly #customers = new Customers();
  readonly #index = new InteractionIndex();
  readonly #surveys = new Surveys();
  readonly #rollup = new RollupWriter();
  readonly #counts: Contributions;
  readonly #changes: Changes;
  /** Rollups that are full; the log has a largest record. */
  readonly #sealed: Uint8Array[] = [];
  readonly #deadLetters: OutRecord[] = [];
  readonly #deadByReason = new Map<ErrorCode, number>();
  /** Rows by the hour of their close, for expiry. */
  readonly #byHour = new Map<number, number[]>();
  #expiredHour = Number.NEGATIVE_INFINITY;
  /** Handoffs told live whose interaction has not closed: hash text → minute and cell. */
  readonly #handoffsOpen = new Map<string, { minute: Minute; cell: number }>();
  readonly #layout: CounterLayout;
  readonly #lateness: number;
  readonly #retentionMs: number;

  /** `hashKey`: 16 bytes. */
  constructor(options: { partition: number; policy: Policy; hashKey: Uint8Array }) {
    const { policy } = options;
    this.partition = options.partition;
    this.clocks = { interactions: new SourceClock(policy.time), surveys: new SourceClock(policy.time) };
    this.#tiers = new TierRules(policy);
    this.#hash = new SipHash(options.hashKey);
    this.#layout = new CounterLayout(policy.repeat.window / dayMs);
    this.#lateness = policy.time.allowedLateness;
    this.#retentionMs = Math.max(35 * dayMs, policy.repeat.window + policy.time.allowedLateness + dayMs);
    this.#counts = new Contributions(this.#rollup, this.#index, this.#surveys, this.#layout);
    this.#changes = new Changes({
      partition: this.partition,
      clocks: this.clocks,
      deadByReason: this.#deadByReason,
      customers: this.#customers,
      index: this.#index,
      surveys: this.#surveys,
      cells: this.#cells,
      handoffsOpen: this.#handoffsOpen,
    });
  }

  get size(): { customers: number; interactions: number; surveys: number } {
    return { customers: this.#customers.size, interactions: this.#index.size, surveys: this.#surveys.size };
  }

  /** Takes the next record of a source. Bad input becomes a dead letter; nothing is thrown for it. */
  apply(topic: 'interactions' | 'surveys', record: LogRecord): void {
    const clock = this.clocks[topic];
    clock.position = record.offset + 1;
    const decoded = decodeEvent(record.value, record.headers);
    if (!decoded.ok) {
      this.#bury(topic, record, decoded);
      return;
    }
    const { event } = decoded;
    if (topicOf(event.type) !== topic) {
      this.#bury(topic, record, { code: 'SEAM_UNKNOWN_TYPE', path: 'type', found: event.type });
      return;
    }
    const eventMs = eventTimeMs(event);
    const timing = clock.observe(eventMs, record.appendedMs);
    if (timing.kind === 'future' || timing.kind === 'too_late') {
      const code = timing.kind === 'future' ? 'SEAM_EVENT_FUTURE' : 'SEAM_EVENT_TOO_LATE';
      this.#bury(topic, record, { code, path: 'data', found: new Date(eventMs).toISOString() });
      return;
    }
    let known = false;
    switch (event.type) {
      case eventTypes.interactionClosed:
        known = this.#closed(event.data, timing.stamp);
        break;
      case eventTypes.interactionHandedOff:
        known = this.#handedOff(event.data, timing.minute, timing.stamp);
        break;
      case eventTypes.customerChurned:
        known = this.#churned(event.data.customerId, eventMs);
        break;
      case eventTypes.surveySent:
      case eventTypes.surveyAnswered:
        known = this.#survey(event.data, eventMs, timing.stamp, record);
        break;
      default:
        break;
    }
    if (known) clock.duplicates++;
    if (topic === 'interactions') this.#expire();
    if (this.#rollup.length >= rollupBytes) this.#seal();
  }

  #seal(): void {
    this.#sealed.push(
      this.#rollup.take({ partition: this.partition, ...this.clocks, deadByReason: this.#deadByReason }),
    );
  }

  /** Everything since the last commit, to be taken together. */
  commit(): JourneysCommit {
    this.#seal();
    const positions = new Map(
      Object.entries(this.clocks).map(([topic, clock]) => [`${topic}-${this.partition}`, clock.position]),
    );
    return {
      rollups: this.#sealed.splice(0),
      deadLetters: this.#deadLetters.splice(0),
      changelog: this.#changes.take(),
      positions,
    };
  }

  /** Takes one changelog record; call `restored` after the last. */
  restore(key: string | null, value: Uint8Array | null): void {
    if (key !== null) this.#changes.restore(key, value);
  }

  /** Links what the changelog held, and gives the positions to read on from. */
  restored(): ReadonlyMap<string, number> {
    for (const row of this.#index.rows()) {
      this.#linkByHour(row);
      if (this.#index.customer[row]! >= 0) this.#link(row);
    }
    this.#changes.linkSurveys();
    this.#expiredHour = this.#expiryHour();
    return new Map(
      Object.entries(this.clocks).map(([topic, clock]) => [`${topic}-${this.partition}`, clock.position]),
    );
  }

  #bury(
    topic: 'interactions' | 'surveys',
    record: Pick<LogRecord, 'offset' | 'value'> & Partial<LogRecord>,
    reason: Pick<Extract<Decoded, { ok: false }>, 'code' | 'path' | 'found'>,
  ): void {
    this.clocks[topic].dead++;
    this.#deadByReason.set(reason.code, (this.#deadByReason.get(reason.code) ?? 0) + 1);
    const source = `${topic}-${this.partition}`;
    this.#deadLetters.push({
      topic: 'dead-letters',
      key: `${source}-${record.offset}`,
      value: record.value,
      headers: {
        ...record.headers,
        'seam-code': reason.code,
        'seam-path': reason.path,
        'seam-found': reason.found,
        'seam-source': source,
        'seam-offset': String(record.offset),
        ...(record.key ? { 'seam-key': record.key } : {}),
      },
    });
  }

  #cell(key: string): number {
    const before = this.#cells.size;
    const id = this.#cells.id(key);
    if (this.#cells.size > before) {
      this.#rollup.newCell(id, key);
      this.#changes.cell(id);
    }
    return id;
  }

  #closed(data: InteractionClosed, stamp: Minute): boolean {
    this.#hash.text(data.interactionId);
    const { hi, lo } = this.#hash;
    const index = this.#index;
    if (index.find(hi, lo) >= 0) return true;
    const row = index.add(hi, lo);
    index.startMs[row] = Date.parse(data.startedAt);
    index.closeMs[row] = Date.parse(data.closedAt);
    index.stamp[row] = stamp;
    const attributes = attributesOf(data);
    let flags = 0;
    if (data.startedWith === 'ai') {
      flags |= outcome.aiStarted;
      const [first, second] = data.handoffs;
      if (first) {
        flags |= outcome.escalated | (second ? outcome.loop : 0);
        index.cause[row] = handoffCauses.indexOf(first.cause);
        index.escalatedMs[row] = Math.max(Date.parse(first.at), index.startMs[row]!);
        if (data.handoffs.at(-1)!.answeredAt === null && data.abandoned) flags |= outcome.seamAbandoned;
        index.setWaits(row, waitBins(data.handoffs));
      } else flags |= outcome.aiHandled;
    }
    if (data.claimedResolved !== null) flags |= outcome.claimedKnown;
    if (data.claimedResolved) flags |= outcome.claimedResolved;
    index.flags[row] = flags;
    let escalatedBefore = false;
    if (data.customerId !== null) {
      this.#hash.text(data.customerId);
      const customer = this.#customers.findOrAdd(this.#hash.hi, this.#hash.lo);
      index.customer[row] = customer;
      this.#meet(customer, row);
      escalatedBefore = this.#escalatedBefore(customer, index.startMs[row]!);
    }
    const { tier, rule } = this.#tiers.decide(attributes, escalatedBefore);
    index.rule[row] = rule;
    if (tier === '2' && flags & outcome.aiHandled) index.flags[row]! |= outcome.breach;
    index.cell[row] = this.#cell(cellKey(tier, attributes));
    this.#endHandoff(hi, lo, stamp);
    index.survey[row] = this.#surveys.takeWaiting(hi, lo);
    for (let s = index.survey[row]!; s >= 0; s = this.#surveys.at(s).next) {
      this.#surveys.at(s).pending = [];
      this.#changes.survey(s);
    }
    this.#counts.interaction(row, 1, stamp, false);
    this.#linkByHour(row);
    if (index.customer[row]! >= 0) this.#settle(row, stamp);
    this.#changes.interaction(row);
    return false;
  }

  #meet(customer: number, row: number): void {
    const { index, customers } = { index: this.#index, customers: this.#customers };
    customers.lastSeenMs[customer] = Math.max(customers.lastSeenMs[customer]!, index.closeMs[row]!);
    if (index.has(row, outcome.aiStarted)) {
      customers.aiInteractions[customer]!++;
      customers.firstAiMs[customer] = Math.min(customers.firstAiMs[customer]!, index.startMs[row]!);
    }
    this.#changes.customer(customer);
  }

  /** Was the customer handed off within the policy's time before this start? */
  #escalatedBefore(customer: number, startMs: number): boolean {
    const since = startMs - this.#tiers.escalatedWithinMs;
    const before = (ms: number) => Number.isFinite(ms) && ms >= since && ms < startMs;
    if (before(this.#customers.escalatedMs[customer]!)) return true;
    const index = this.#index;
    for (let row = this.#customers.newest[customer]!; row >= 0; row = index.older[row]!) {
      if (index.escalatedMs[row] !== 0 && before(index.escalatedMs[row]!)) return true;
    }
    return false;
  }

  /** Links a row into its customer's list; returns the next newer row, or -1. */
  #link(row: number): number {
    const index = this.#index;
    const customer = index.customer[row]!;
    let newer = -1;
    let older = this.#customers.newest[customer]!;
    while (older >= 0 && index.isNewer(older, row)) {
      newer = older;
      older = index.older[older]!;
    }
    index.older[row] = older;
    if (newer < 0) this.#customers.newest[customer] = row;
    else index.older[newer] = row;
    return newer;
  }

  /** Puts a new row into its customer's order, and counts anew whatever that changes. */
  #settle(row: number, stamp: Minute): void {
    const index = this.#index;
    const newer = this.#link(row);
    const older = index.older[row]!;
    if (older >= 0) this.#charge(older, row, stamp);
    if (newer >= 0) this.#charge(row, newer, stamp);
    if (index.escalatedMs[row] === 0) return;
    const customer = index.customer[row]!;
    for (let other = this.#customers.newest[customer]!; other >= 0; other = index.older[other]!) {
      if (index.startMs[other]! > index.escalatedMs[row]!) this.#retier(other, stamp);
    }
  }

  /** The interaction `next` is charged to `row`, the customer's latest before it. */
  #charge(row: number, next: number, stamp: Minute): void {
    const index = this.#index;
    const elapsed = Math.max(0, index.startMs[next]! - index.closeMs[row]!);
    const days = Math.floor(elapsed / dayMs);
    const age = days < this.#layout.ages ? days : -1;
    const category = (r: number) => parseCell(this.#cells.text(index.cell[r]!)).category;
    const sameMatter = age >= 0 && category(row) === category(next);
    if (age === index.repeatAge[row] && sameMatter === index.has(row, outcome.sameMatter)) return;
    this.#counts.repeat(row, -1, stamp);
    index.repeatAge[row] = age;
    if (sameMatter) index.flags[row]! |= outcome.sameMatter;
    else index.flags[row]! &= ~outcome.sameMatter;
    this.#counts.repeat(row, 1, stamp);
    this.#changes.interaction(row);
  }

  /** An escalation that was not known when `row` was counted may change its tier. */
  #retier(row: number, stamp: Minute): void {
    const index = this.#index;
    const cell = parseCell(this.#cells.text(index.cell[row]!));
    const before = this.#escalatedBefore(index.customer[row]!, index.startMs[row]!);
    const { tier, rule } = this.#tiers.decide(cell, before);
    if (tier === cell.tier && rule === index.rule[row]) return;
    this.#counts.interaction(row, -1, stamp, true);
    index.cell[row] = this.#cell(cellKey(tier, cell));
    index.rule[row] = rule;
    if (tier === '2' && index.has(row, outcome.aiHandled)) index.flags[row]! |= outcome.breach;
    else index.flags[row]! &= ~outcome.breach;
    this.#counts.interaction(row, 1, stamp, true);
    this.#changes.interaction(row);
  }

  #survey(data: SurveySent | SurveyAnswered, eventMs: number, stamp: Minute, record: LogRecord): boolean {
    this.#hash.text(data.surveyId);
    const { hi, lo } = this.#hash;
    this.#hash.text(data.interactionId);
    const { hi: interactionHi, lo: interactionLo } = this.#hash;
    const answered = 'score' in data;
    let at = this.#surveys.find(hi, lo);
    if (at >= 0) {
      const seen = this.#surveys.at(at);
      if ((answered ? seen.answeredMs : seen.sentMs) !== undefined) return true;
    }
    const interaction = this.#index.find(interactionHi, interactionLo);
    if (at < 0) {
      const fresh: Survey = {
        hi,
        lo,
        interactionHi,
        interactionLo,
        instrument: data.instrument,
        sentMs: undefined,
        sentStamp: 0,
        answeredMs: undefined,
        answeredStamp: 0,
        score: 0,
        next: -1,
        stored: false,
        pending: [],
      };
      at = this.#surveys.add(fresh);
      if (interaction >= 0) {
        fresh.next = this.#index.survey[interaction]!;
        this.#index.survey[interaction] = at;
      } else this.#surveys.wait(at);
    }
    const survey = this.#surveys.at(at);
    if (interaction >= 0) this.#counts.survey(interaction, at, -1, stamp, false);
    if (answered) {
      survey.answeredMs = eventMs;
      survey.answeredStamp = stamp;
      survey.score = data.score;
    } else {
      survey.sentMs = eventMs;
      survey.sentStamp = stamp;
    }
    if (interaction >= 0) this.#counts.survey(interaction, at, 1, stamp, false);
    else survey.pending.push({ offset: record.offset, eventMs, value: record.value!.slice() });
    this.#changes.survey(at);
    return false;
  }

  #churned(customerId: string, churnedMs: number): boolean {
    this.#hash.text(customerId);
    const customer = this.#customers.findOrAdd(this.#hash.hi, this.#hash.lo);
    const known = this.#customers.churnedMs[customer] === churnedMs;
    this.#customers.churnedMs[customer] = churnedMs;
    this.#customers.lastSeenMs[customer] = Math.max(this.#customers.lastSeenMs[customer]!, churnedMs);
    this.#changes.customer(customer);
    return known;
  }

  /** A provisional live figure: handed off, not closed yet. */
  #handedOff(data: InteractionHandedOff, minute: Minute, stamp: Minute): boolean {
    this.#hash.text(data.interactionId);
    const { hi, lo } = this.#hash;
    const key = `${hi}-${lo}`;
    if (this.#index.find(hi, lo) >= 0 || this.#handoffsOpen.has(key)) return true;
    const attributes = {
      path: 'seam',
      category: data.category ?? unknown,
      complexity: unknown,
      emotion: unknown,
      channel: data.channel ?? unknown,
      market: unknown,
      language: unknown,
      valueBand: unknown,
      modelVersion: unknown,
    } as const;
    const { tier } = this.#tiers.decide(attributes, false);
    const cell = this.#cell(cellKey(tier, attributes));
    this.#handoffsOpen.set(key, { minute, cell });
    this.#changes.handoff(key);
    this.#rollup.begin(cell, minute, stamp, true).add(this.#layout.handoffsLive, 1);
    return false;
  }

  #endHandoff(hi: number, lo: number, stamp: Minute): void {
    const key = `${hi}-${lo}`;
    const open = this.#handoffsOpen.get(key);
    if (!open) return;
    this.#handoffsOpen.delete(key);
    this.#changes.handoff(key);
    this.#rollup.begin(open.cell, open.minute, stamp, true).add(this.#layout.handoffsLive, -1);
  }

  #linkByHour(row: number): void {
    const hour = Math.floor(this.#index.closeMs[row]! / hourMs);
    const rows = this.#byHour.get(hour);
    if (rows) rows.push(row);
    else this.#byHour.set(hour, [row]);
  }

  #expiryHour(): number {
    return Math.floor((this.clocks.interactions.watermarkMs - this.#retentionMs) / hourMs);
  }

  /** Once an hour of event time: what is older than its retention is forgotten, and surveys without interaction are buried. */
  #expire(): void {
    const hour = this.#expiryHour();
    if (hour <= this.#expiredHour) return;
    const newDay = Math.floor(hour / 24) > Math.floor(this.#expiredHour / 24);
    this.#expiredHour = hour;
    for (const [closed, rows] of this.#byHour) {
      if (closed >= hour) continue;
      for (const row of rows) this.#forget(row);
      this.#byHour.delete(closed);
    }
    const { watermarkMs, openMinute } = this.clocks.interactions;
    for (const row of this.#surveys.waitingRows) this.#buryOrphan(row, watermarkMs - this.#lateness);
    for (const [key, open] of this.#handoffsOpen) {
      if (open.minute * minuteMs > watermarkMs - dayMs) continue;
      this.#handoffsOpen.delete(key);
      this.#changes.handoff(key);
      this.#rollup.begin(open.cell, open.minute, openMinute, true).add(this.#layout.handoffsLive, -1);
    }
    if (!newDay) return;
    for (const row of this.#customers.unseenSince(watermarkMs - customerExpiryMs)) {
      this.#changes.customerGone(row);
      this.#customers.remove(row);
    }
  }

  #buryOrphan(row: number, before: number): void {
    const survey = this.#surveys.at(row);
    if (survey.pending.some((record) => record.eventMs >= before)) return;
    for (const { offset, value } of survey.pending) {
      this.#bury(
        'surveys',
        { offset, value },
        { code: 'SEAM_SURVEY_ORPHAN', path: 'data.interactionId', found: 'unknown' },
      );
    }
    this.#surveys.stopWaiting(row);
    this.#changes.surveyGone(row);
    this.#surveys.remove(row);
  }

  #forget(row: number): void {
    const index = this.#index;
    const customer = index.customer[row]!;
    if (customer >= 0) {
      if (index.escalatedMs[row]! > this.#customers.escalatedMs[customer]! && index.escalatedMs[row] !== 0) {
        this.#customers.escalatedMs[customer] = index.escalatedMs[row]!;
        this.#changes.customer(customer);
      }
      let newer = -1;
      let at = this.#customers.newest[customer]!;
      while (at !== row) {
        newer = at;
        at = index.older[at]!;
      }
      if (newer < 0) this.#customers.newest[customer] = index.older[row]!;
      else index.older[newer] = index.older[row]!;
    }
    for (let s = index.survey[row]!; s >= 0; ) {
      const next = this.#surveys.at(s).next;
      this.#changes.surveyGone(s);
      this.#surveys.remove(s);
      s = next;
    }
    this.#changes.interactionGone(row);
    index.remove(row);
  }
}

function waitBins(handoffs: InteractionClosed['handoffs']): number[] {
  const bins: number[] = [];
  for (const { at, answeredAt } of handoffs) {
    if (answeredAt !== null) bins.push(sketchBin(Date.parse(answeredAt) - Date.parse(at)));
  }
  return bins;
}
