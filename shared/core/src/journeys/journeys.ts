import { type Decoded, decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import { eventTypes, type InteractionHandedOff, topicOf } from '@seamwatch/contracts/events.ts';
import { type ClosedFacts, type EventFacts, factsOf, type SurveyFacts } from '@seamwatch/contracts/facts.ts';
import { type CustomerForgotten, decodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import { dayMs, type Minute } from '@seamwatch/contracts/units.ts';
import { attributesOf, attributesOfHandoff } from '../cells/cell.ts';
import { CounterLayout } from '../cells/counters.ts';
import { SipHash } from '../hash/siphash.ts';
import { TierRules } from '../policy/tiers.ts';
import type { LogRecord, OutRecord } from '../ports/event-log.ts';
import { Changes } from './changes.ts';
import { Contributions } from './contributions.ts';
import { CustomerOrder } from './customer-order.ts';
import { Customers } from './customers.ts';
import { describeInteraction } from './describe-interaction.ts';
import { Expiry } from './expiry.ts';
import { forgetCustomer } from './forgetting.ts';
import { InteractionIndex, outcome } from './interaction-index.ts';
import { KnownCells } from './known-cells.ts';
import { OpenHandoffs } from './open-handoffs.ts';
import { type Hashes, ReadAhead } from './read-ahead.ts';
import { RollupWriter } from './rollup.ts';
import { SourceClock } from './source-clock.ts';
import type { Survey } from './survey-columns.ts';
import { Surveys } from './surveys.ts';

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
  readonly #cells = new KnownCells((cell, key) => {
    if (key !== undefined) this.#rollup.newCell(cell, key);
    this.#changes.cell(cell);
  });
  readonly #customers = new Customers();
  readonly #index = new InteractionIndex();
  readonly #surveys = new Surveys();
  readonly #rollup = new RollupWriter();
  readonly #ahead: { readonly interactions: ReadAhead; readonly surveys: ReadAhead };
  readonly #counts: Contributions;
  readonly #changes: Changes;
  /** Rollups that are full; the log has a largest record. */
  readonly #sealed: Uint8Array[] = [];
  readonly #deadLetters: OutRecord[] = [];
  readonly #deadByReason = new Map<ErrorCode, number>();
  readonly #handoffs: OpenHandoffs;
  readonly #order: CustomerOrder;
  readonly #expiry: Expiry;
  readonly #layout: CounterLayout;

  /** `hashKey`: 16 bytes. */
  constructor(options: { partition: number; policy: Policy; hashKey: Uint8Array }) {
    const { policy } = options;
    this.partition = options.partition;
    this.clocks = { interactions: new SourceClock(policy.time), surveys: new SourceClock(policy.time) };
    this.#tiers = new TierRules(policy);
    this.#hash = new SipHash(options.hashKey);
    const known = {
      hash: this.#hash,
      customers: this.#customers,
      index: this.#index,
      surveys: this.#surveys,
    };
    this.#ahead = {
      interactions: new ReadAhead('interactions', known),
      surveys: new ReadAhead('surveys', known),
    };
    this.#layout = new CounterLayout(policy.repeat.window / dayMs);
    this.#counts = new Contributions(this.#rollup, this.#index, this.#surveys, this.#layout);
    this.#handoffs = new OpenHandoffs(this.#rollup, this.#layout.handoffsLive, this.#cells);
    this.#changes = new Changes({
      partition: this.partition,
      clocks: this.clocks,
      deadByReason: this.#deadByReason,
      customers: this.#customers,
      index: this.#index,
      surveys: this.#surveys,
      cells: this.#cells,
      handoffs: this.#handoffs,
    });
    this.#order = new CustomerOrder({
      customers: this.#customers,
      index: this.#index,
      tiers: this.#tiers,
      cells: this.#cells,
      counts: this.#counts,
      changes: this.#changes,
      ages: this.#layout.ages,
    });
    const { allowedLateness } = policy.time;
    this.#expiry = new Expiry({
      clocks: this.clocks,
      customers: this.#customers,
      index: this.#index,
      surveys: this.#surveys,
      handoffs: this.#handoffs,
      changes: this.#changes,
      order: this.#order,
      cells: this.#cells,
      retentionMs: Math.max(35 * dayMs, policy.repeat.window + allowedLateness + dayMs),
      allowedLateness,
      bury: (record) =>
        this.#bury('surveys', record, {
          code: 'SEAM_SURVEY_ORPHAN',
          path: 'data.interactionId',
          found: 'unknown',
        }),
    });
  }

  get size(): { customers: number; interactions: number; surveys: number } {
    return { customers: this.#customers.size, interactions: this.#index.size, surveys: this.#surveys.size };
  }

  /** Takes the next record of a source. Bad input becomes a dead letter; nothing is thrown for it. */
  apply(topic: 'interactions' | 'surveys', record: LogRecord): void {
    this.applyNext(topic, [record], 0);
  }

  /** The same, for the record at a place of a batch: those behind it are made ready as well, which spares most of the waiting for memory. */
  applyNext(topic: 'interactions' | 'surveys', records: readonly LogRecord[], at: number): void {
    const record = records[at]!;
    const clock = this.clocks[topic];
    clock.position = record.offset + 1;
    const forgotten = decodeForgotten(record);
    if (forgotten) {
      // Ordered by the log alone: it has no event time. Its twin in `surveys` only says how far those were read.
      if (topic === 'interactions') this.#forgetCustomer(forgotten);
      return;
    }
    const ahead = this.#ahead[topic];
    const facts = ahead.take(records, at) ?? this.#decode(topic, record, ahead);
    if (!facts) return;
    if (topicOf(facts.type) !== topic) {
      this.#bury(topic, record, { code: 'SEAM_UNKNOWN_TYPE', path: 'type', found: facts.type });
      return;
    }
    const timing = clock.observe(facts.timeMs, record.appendedMs);
    if (timing.kind === 'future' || timing.kind === 'too_late') {
      const code = timing.kind === 'future' ? 'SEAM_EVENT_FUTURE' : 'SEAM_EVENT_TOO_LATE';
      this.#bury(topic, record, { code, path: 'data', found: new Date(facts.timeMs).toISOString() });
      return;
    }
    let known = false;
    switch (facts.type) {
      case eventTypes.interactionClosed:
        known = this.#closed(facts, ahead, timing.stamp);
        break;
      case eventTypes.interactionHandedOff:
        known = this.#handedOff(facts.data, timing.minute, timing.stamp);
        break;
      case eventTypes.customerChurned:
        known = this.#churned(facts.data.customerId, facts.timeMs);
        break;
      case eventTypes.surveySent:
      case eventTypes.surveyAnswered:
        known = this.#survey(facts, ahead, timing.stamp, record);
        break;
      default:
        break;
    }
    if (known) clock.duplicates++;
    if (topic === 'interactions') this.#expiry.run();
    if (this.#rollup.length >= rollupBytes) this.#seal();
  }

  /** What an event tells that is not plain; what is none is buried. */
  #decode(topic: 'interactions' | 'surveys', record: LogRecord, ahead: ReadAhead): EventFacts | undefined {
    const decoded = decodeEvent(record.value, record.headers);
    if (!decoded.ok) {
      this.#bury(topic, record, decoded);
      return undefined;
    }
    const facts = factsOf(decoded.event);
    ahead.hash(facts);
    return facts;
  }

  #seal(): void {
    this.#sealed.push(
      this.#rollup.take({ partition: this.partition, ...this.clocks, deadByReason: this.#deadByReason }),
    );
  }

  /** Everything since the last commit, to be taken together. */
  commit(): JourneysCommit {
    this.#seal();
    this.#cells.forgetEmpty();
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

  /** Takes one changelog record; call `restored` after the last. Throws `SEAM_STORE_VERSION` where another version wrote it. */
  restore(key: string | null, value: Uint8Array | null): void {
    if (key !== null) this.#changes.restore(key, value);
  }

  /** Links what the changelog held, and gives the positions to read on from. */
  restored(): ReadonlyMap<string, number> {
    for (const row of this.#index.rows()) {
      this.#cells.enter(this.#index.cell.get(row));
      this.#expiry.add(row);
      if (this.#index.customer.get(row) >= 0) this.#order.link(row);
    }
    this.#handoffs.restored();
    this.#cells.restored();
    this.#changes.linkSurveys();
    this.#customers.removeUnmet();
    this.#expiry.restored();
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

  #closed(facts: ClosedFacts, { hi, lo, ofHi, ofLo }: Hashes, stamp: Minute): boolean {
    const index = this.#index;
    if (index.find(hi, lo) >= 0) return true;
    const row = index.add(hi, lo);
    describeInteraction(index, row, facts);
    index.stamp.set(row, stamp);
    const attributes = attributesOf(facts);
    let escalatedBefore = false;
    if (facts.customerId !== null) {
      const customer = this.#customers.findOrAdd(ofHi, ofLo);
      index.customer.set(row, customer);
      this.#meet(customer, row);
      escalatedBefore = this.#order.escalatedBefore(customer, index.startMs.get(row));
    }
    const { tier, rule } = this.#tiers.decide(attributes, escalatedBefore);
    index.rule.set(row, rule);
    index.mark(row, outcome.breach, tier === '2' && index.has(row, outcome.aiHandled));
    index.cell.set(row, this.#cells.of(tier, attributes));
    this.#cells.enter(index.cell.get(row));
    if (this.#handoffs.size > 0) this.#endHandoff(`${hi}-${lo}`, stamp);
    index.survey.set(row, this.#surveys.takeWaiting(hi, lo));
    for (let s = index.survey.get(row); s >= 0; s = this.#surveys.at(s).next) {
      this.#surveys.at(s).pending = [];
      this.#changes.survey(s);
    }
    this.#counts.interaction(row, 1, stamp, false);
    this.#expiry.add(row);
    if (index.customer.get(row) >= 0) this.#order.settle(row, stamp);
    this.#changes.interaction(row);
    return false;
  }

  #meet(customer: number, row: number): void {
    const index = this.#index;
    this.#customers.see(customer, index.closeMs.get(row));
    if (index.has(row, outcome.aiStarted)) this.#customers.meetAi(customer, index.startMs.get(row));
    this.#changes.customer(customer);
  }

  #survey(
    facts: SurveyFacts,
    { hi, lo, ofHi: interactionHi, ofLo: interactionLo }: Hashes,
    stamp: Minute,
    record: LogRecord,
  ): boolean {
    const { timeMs: eventMs, score } = facts;
    let at = this.#surveys.find(hi, lo);
    if (at >= 0) {
      const seen = this.#surveys.at(at);
      if ((score === null ? seen.sentMs : seen.answeredMs) !== undefined) return true;
    }
    const interaction = this.#index.find(interactionHi, interactionLo);
    if (at < 0) {
      const fresh: Survey = {
        hi,
        lo,
        interactionHi,
        interactionLo,
        instrument: facts.instrument,
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
        this.#surveys.at(at).next = this.#index.survey.get(interaction);
        this.#index.survey.set(interaction, at);
      } else this.#surveys.wait(at);
    }
    const survey = this.#surveys.at(at);
    const change = () => {
      if (score === null) {
        survey.sentMs = eventMs;
        survey.sentStamp = stamp;
      } else {
        survey.answeredMs = eventMs;
        survey.answeredStamp = stamp;
        survey.score = score;
      }
    };
    if (interaction >= 0)
      this.#counts.surveyAgain(interaction, at, stamp, { answer: score !== null, change });
    else {
      change();
      // A copy, which `slice` of a buffer would not be: what waits must not hold the whole answer it came in.
      this.#surveys.keep(at, { offset: record.offset, eventMs, value: new Uint8Array(record.value!) });
    }
    this.#changes.survey(at);
    return false;
  }

  #churned(customerId: string, churnedMs: number): boolean {
    this.#hash.text(customerId);
    const customer = this.#customers.findOrAdd(this.#hash.hi, this.#hash.lo);
    const known = this.#customers.churnedMs.get(customer) === churnedMs;
    this.#customers.churnedMs.set(customer, churnedMs);
    this.#customers.see(customer, churnedMs);
    this.#changes.customer(customer);
    return known;
  }

  /** A provisional live figure: handed off, not closed yet. */
  #handedOff(data: InteractionHandedOff, minute: Minute, stamp: Minute): boolean {
    this.#hash.text(data.interactionId);
    const { hi, lo } = this.#hash;
    const key = `${hi}-${lo}`;
    if (this.#index.find(hi, lo) >= 0 || this.#handoffs.get(key)) return true;
    const attributes = attributesOfHandoff(data);
    const { tier } = this.#tiers.decide(attributes, false);
    this.#handoffs.begin(key, { minute, cell: this.#cells.of(tier, attributes) }, stamp);
    this.#changes.handoff(key);
    return false;
  }

  #endHandoff(key: string, stamp: Minute): void {
    if (this.#handoffs.end(key, stamp)) this.#changes.handoff(key);
  }

  #forgetCustomer(forgotten: CustomerForgotten): void {
    forgetCustomer(forgotten, {
      hash: this.#hash,
      customers: this.#customers,
      index: this.#index,
      surveys: this.#surveys,
      changes: this.#changes,
      expiry: this.#expiry,
      cells: this.#cells,
    });
  }
}
