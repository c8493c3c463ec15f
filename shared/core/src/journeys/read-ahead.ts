import { eventTypes } from '@seamwatch/contracts/events.ts';
import type { EventFacts, Id } from '@seamwatch/contracts/facts.ts';
import { EventScanner } from '@seamwatch/contracts/scan/event-scanner.ts';
import { keep, mostAhead } from '../bytes/prefetch.ts';
import type { IntColumn } from '../bytes/rows.ts';
import type { IndexReads } from '../hash/hash-index.ts';
import type { SipHash } from '../hash/siphash.ts';
import type { LogRecord } from '../ports/event-log.ts';
import type { Customers } from './customers.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { Surveys } from './surveys.ts';

const noRecords: readonly LogRecord[] = [];

/** Halves of the 64-bit hashes of an event's ids. */
export interface Hashes {
  /** What it is about: a close's interaction, a survey. */
  readonly hi: number;
  readonly lo: number;
  /** What that belongs to: a close's customer, a survey's interaction. */
  readonly ofHi: number;
  readonly ofLo: number;
}

interface State {
  hash: SipHash;
  customers: Customers;
  index: InteractionIndex;
  surveys: Surveys;
}

/**
 * Reads the events of one source some records before they are taken, and with them the memory that they will ask for. With
 * millions of customers little of that is in a cache; one after the other, as each event comes to it, every read is waited for
 * by itself, where reads that do not depend on each other are waited for together, in a sixth of the time. It is a matter
 * of time only: what is read here is read again.
 */
export class ReadAhead implements Hashes {
  /** Of the event that was taken last. */
  hi = 0;
  lo = 0;
  ofHi = 0;
  ofLo = 0;
  readonly #topic: 'interactions' | 'surveys';
  readonly #state: State;
  readonly #scanner = new EventScanner();
  #records = noRecords;
  #from = 0;
  #to = 0;
  /** Of the records from `#from` on. */
  readonly #facts: (EventFacts | undefined)[] = new Array(mostAhead).fill(undefined);
  /** The four halves of each, in the order above, and of one that was not read ahead. */
  readonly #hashes = new Uint32Array(4 * (mostAhead + 1));
  /** Rows that they lead to, or -1, step by step. */
  readonly #rows = new Int32Array(mostAhead);

  constructor(topic: 'interactions' | 'surveys', state: State) {
    this.#topic = topic;
    this.#state = state;
  }

  /**
   * What the event at a place of a batch tells; undefined where it is not plain, and all of it is to be looked at. The batch must
   * not be changed.
   */
  take(records: readonly LogRecord[], at: number): EventFacts | undefined {
    if (records !== this.#records || at < this.#from || at >= this.#to) this.#read(records, at);
    const place = at - this.#from;
    const facts = this.#facts[place];
    // An event holds all of the answer that it came in.
    this.#facts[place] = undefined;
    if (at + 1 === this.#to) this.#records = noRecords;
    this.#give(place);
    return facts;
  }

  /** Hashes the ids of an event that was not plain. */
  hash(facts: EventFacts): void {
    this.#hash(facts, mostAhead);
    this.#give(mostAhead);
  }

  #give(place: number): void {
    this.hi = this.#hashes[4 * place]!;
    this.lo = this.#hashes[4 * place + 1]!;
    this.ofHi = this.#hashes[4 * place + 2]!;
    this.ofLo = this.#hashes[4 * place + 3]!;
  }

  #read(records: readonly LogRecord[], at: number): void {
    this.#records = records;
    this.#from = at;
    this.#to = Math.min(at + mostAhead, records.length);
    const count = this.#to - at;
    for (let place = 0; place < count; place++) {
      const facts = this.#scan(records[at + place]!);
      this.#facts[place] = facts;
      if (facts) this.#hash(facts, place);
    }
    if (count === 1) return;
    if (this.#topic === 'interactions') this.#prefetchCloses(count);
    else this.#prefetchSurveys(count);
  }

  #scan({ headers, span, value }: LogRecord): EventFacts | undefined {
    if (headers.ce_specversion !== undefined) return undefined;
    if (span) return this.#scanner.scan(span.bytes, span.from, span.to);
    return value ? this.#scanner.scan(value) : undefined;
  }

  #hash(facts: EventFacts, place: number): void {
    switch (facts.type) {
      case eventTypes.interactionClosed:
        this.#put(4 * place, facts.interactionId);
        if (facts.customerId) this.#put(4 * place + 2, facts.customerId);
        break;
      case eventTypes.surveySent:
      case eventTypes.surveyAnswered:
        this.#put(4 * place, facts.surveyId);
        this.#put(4 * place + 2, facts.interactionId);
        break;
      default:
        break;
    }
  }

  #put(at: number, id: Id): void {
    const { hash } = this.#state;
    hash.id(id);
    this.#hashes[at] = hash.hi;
    this.#hashes[at + 1] = hash.lo;
  }

  // Loops of their own, each with as little in it as can be: the processor looks ahead by some two hundred instructions, and what lies
  // further is not asked for together. An event of another kind is read for nothing.

  #prefetchCloses(count: number): void {
    const { customers, index } = this.#state;
    this.#prefetchSlots(count, index.slots, customers.slots);
    this.#findRows(count, customers.slots);
    this.#follow(count, customers.newest);
    this.#follow(count, index.older);
    this.#follow(count, index.older);
  }

  #prefetchSurveys(count: number): void {
    const { index, surveys } = this.#state;
    this.#prefetchSlots(count, surveys.slots, index.slots);
    this.#findRows(count, index.slots);
    this.#follow(count, index.survey);
    this.#follow(count, surveys.next);
  }

  #prefetchSlots(count: number, rows: IndexReads, owners: IndexReads): void {
    const hashes = this.#hashes;
    let read = 0;
    for (let place = 0; place < count; place++)
      read ^= rows.prefetch(hashes[4 * place + 1]!) ^ owners.prefetch(hashes[4 * place + 3]!);
    keep(read);
  }

  #findRows(count: number, owners: IndexReads): void {
    for (let place = 0; place < count; place++)
      this.#rows[place] = owners.likely(this.#hashes[4 * place + 3]!);
  }

  /** From each row to the one that it names. */
  #follow(count: number, link: IntColumn): void {
    const rows = this.#rows;
    for (let place = 0; place < count; place++) {
      const row = rows[place]!;
      if (row >= 0) rows[place] = link.get(row);
    }
  }
}
