import { type Instrument, instruments } from '@seamwatch/contracts/events.ts';
import type { Minute } from '@seamwatch/contracts/units.ts';
import { grown } from '../bytes/columns.ts';
import { HashIndex } from '../hash/hash-index.ts';

/** What is known of one survey: that it was sent, that it was answered, or both, in any order. */
export interface Survey {
  readonly hi: number;
  readonly lo: number;
  readonly interactionHi: number;
  readonly interactionLo: number;
  readonly instrument: Instrument;
  sentMs: number | undefined;
  sentStamp: Minute;
  answeredMs: number | undefined;
  answeredStamp: Minute;
  score: number;
  /** Next survey of the same interaction, or -1. */
  next: number;
  /** True once the changelog has it, so that a tombstone is owed. */
  stored: boolean;
  /** While its interaction is unknown: the original records, for the dead letters. */
  pending: readonly PendingRecord[];
}

export interface PendingRecord {
  offset: number;
  eventMs: number;
  value: Uint8Array;
}

/** Times as they are in a column: NaN where there is none. */
const timeOf = (ms: number): number | undefined => (Number.isNaN(ms) ? undefined : ms);

/**
 * One row a survey, in typed columns, found by the hash of its id. Millions of them are held for weeks; as objects they would cost more in garbage
 * collection than all that is done with them.
 */
export class SurveyColumns {
  readonly byHash = new HashIndex();
  interactionHi = new Uint32Array(1024);
  interactionLo = new Uint32Array(1024);
  /** Number in `instruments`. */
  instrument = new Uint8Array(1024);
  sentMs = new Float64Array(1024);
  sentStamp = new Int32Array(1024);
  answeredMs = new Float64Array(1024);
  answeredStamp = new Int32Array(1024);
  score = new Int8Array(1024);
  next = new Int32Array(1024);
  stored = new Uint8Array(1024);
  /** Few wait for their interaction, and none for long. */
  readonly pending = new Map<number, readonly PendingRecord[]>();

  /** The row as an object: to set a field is to change the row. */
  at(row: number): Survey {
    return new SurveyRow(this, row);
  }

  /** Fills a row, new or free. */
  put(row: number, survey: Readonly<Survey>): void {
    if (row >= this.next.length) this.#grow();
    this.byHash.set(survey.hi, survey.lo, row);
    this.interactionHi[row] = survey.interactionHi;
    this.interactionLo[row] = survey.interactionLo;
    this.instrument[row] = instruments.indexOf(survey.instrument);
    const { sentMs, sentStamp, answeredMs, answeredStamp, score, next, stored, pending } = survey;
    const target = this.at(row);
    target.sentMs = sentMs;
    target.sentStamp = sentStamp;
    target.answeredMs = answeredMs;
    target.answeredStamp = answeredStamp;
    target.score = score;
    target.next = next;
    target.stored = stored;
    target.pending = pending;
  }

  #grow(): void {
    this.interactionHi = grown(this.interactionHi);
    this.interactionLo = grown(this.interactionLo);
    this.instrument = grown(this.instrument);
    this.sentMs = grown(this.sentMs);
    this.sentStamp = grown(this.sentStamp);
    this.answeredMs = grown(this.answeredMs);
    this.answeredStamp = grown(this.answeredStamp);
    this.score = grown(this.score);
    this.next = grown(this.next);
    this.stored = grown(this.stored);
  }
}

/** A row as an object, whose fields are those of the columns. */
class SurveyRow implements Survey {
  readonly #of: SurveyColumns;
  readonly #row: number;

  constructor(of: SurveyColumns, row: number) {
    this.#of = of;
    this.#row = row;
  }

  get hi(): number {
    return this.#of.byHash.hi[this.#row]!;
  }

  get lo(): number {
    return this.#of.byHash.lo[this.#row]!;
  }

  get interactionHi(): number {
    return this.#of.interactionHi[this.#row]!;
  }

  get interactionLo(): number {
    return this.#of.interactionLo[this.#row]!;
  }

  get instrument(): Instrument {
    return instruments[this.#of.instrument[this.#row]!]!;
  }

  get sentMs(): number | undefined {
    return timeOf(this.#of.sentMs[this.#row]!);
  }

  set sentMs(ms: number | undefined) {
    this.#of.sentMs[this.#row] = ms ?? Number.NaN;
  }

  get sentStamp(): Minute {
    return this.#of.sentStamp[this.#row]!;
  }

  set sentStamp(value: Minute) {
    this.#of.sentStamp[this.#row] = value;
  }

  get answeredMs(): number | undefined {
    return timeOf(this.#of.answeredMs[this.#row]!);
  }

  set answeredMs(ms: number | undefined) {
    this.#of.answeredMs[this.#row] = ms ?? Number.NaN;
  }

  get answeredStamp(): Minute {
    return this.#of.answeredStamp[this.#row]!;
  }

  set answeredStamp(value: Minute) {
    this.#of.answeredStamp[this.#row] = value;
  }

  get score(): number {
    return this.#of.score[this.#row]!;
  }

  set score(value: number) {
    this.#of.score[this.#row] = value;
  }

  get next(): number {
    return this.#of.next[this.#row]!;
  }

  set next(value: number) {
    this.#of.next[this.#row] = value;
  }

  get stored(): boolean {
    return this.#of.stored[this.#row] === 1;
  }

  set stored(stored: boolean) {
    this.#of.stored[this.#row] = stored ? 1 : 0;
  }

  get pending(): readonly PendingRecord[] {
    return this.#of.pending.get(this.#row) ?? [];
  }

  set pending(records: readonly PendingRecord[]) {
    if (records.length > 0) this.#of.pending.set(this.#row, records);
    else this.#of.pending.delete(this.#row);
  }
}
