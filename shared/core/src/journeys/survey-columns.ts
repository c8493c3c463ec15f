import { type Instrument, instruments } from '@seamwatch/contracts/events.ts';
import type { Minute } from '@seamwatch/contracts/units.ts';
import { ByteColumn, FloatColumn, IntColumn, SignedByteColumn, WordColumn } from '../bytes/rows.ts';
import { HashedRows } from '../hash/hashed-rows.ts';

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
 * One row a survey, found by the hash of its id. Millions of them are held for weeks; as objects they would cost more in
 * garbage collection than all that is done with them.
 */
export class SurveyColumns {
  readonly table = new HashedRows(48);
  readonly interactionHi = new WordColumn(this.table.rows, 8);
  readonly interactionLo = new WordColumn(this.table.rows, 12);
  readonly sentMs = new FloatColumn(this.table.rows, 16);
  readonly answeredMs = new FloatColumn(this.table.rows, 24);
  readonly sentStamp = new IntColumn(this.table.rows, 32);
  readonly answeredStamp = new IntColumn(this.table.rows, 36);
  readonly next = new IntColumn(this.table.rows, 40);
  /** Number in `instruments`. */
  readonly instrument = new ByteColumn(this.table.rows, 44);
  readonly score = new SignedByteColumn(this.table.rows, 45);
  readonly stored = new ByteColumn(this.table.rows, 46);
  /** 1 where `pending` has the row: of the millions that do not wait, none is looked up there. */
  readonly isPending = new ByteColumn(this.table.rows, 47);
  /** Few wait for their interaction, and none for long. */
  readonly pending = new Map<number, readonly PendingRecord[]>();

  /** The row as an object: to set a field is to change the row. */
  at(row: number): Survey {
    return new SurveyRow(this, row);
  }

  /** A new row. */
  add(survey: Readonly<Survey>): number {
    const row = this.table.add(survey.hi, survey.lo);
    this.interactionHi.set(row, survey.interactionHi);
    this.interactionLo.set(row, survey.interactionLo);
    this.instrument.set(row, instruments.indexOf(survey.instrument));
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
    return row;
  }

  remove(row: number): void {
    if (this.isPending.get(row) === 1) this.pending.delete(row);
    this.table.remove(row);
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
    return this.#of.table.hi.get(this.#row);
  }

  get lo(): number {
    return this.#of.table.lo.get(this.#row);
  }

  get interactionHi(): number {
    return this.#of.interactionHi.get(this.#row);
  }

  get interactionLo(): number {
    return this.#of.interactionLo.get(this.#row);
  }

  get instrument(): Instrument {
    return instruments[this.#of.instrument.get(this.#row)]!;
  }

  get sentMs(): number | undefined {
    return timeOf(this.#of.sentMs.get(this.#row));
  }

  set sentMs(ms: number | undefined) {
    this.#of.sentMs.set(this.#row, ms ?? Number.NaN);
  }

  get sentStamp(): Minute {
    return this.#of.sentStamp.get(this.#row);
  }

  set sentStamp(value: Minute) {
    this.#of.sentStamp.set(this.#row, value);
  }

  get answeredMs(): number | undefined {
    return timeOf(this.#of.answeredMs.get(this.#row));
  }

  set answeredMs(ms: number | undefined) {
    this.#of.answeredMs.set(this.#row, ms ?? Number.NaN);
  }

  get answeredStamp(): Minute {
    return this.#of.answeredStamp.get(this.#row);
  }

  set answeredStamp(value: Minute) {
    this.#of.answeredStamp.set(this.#row, value);
  }

  get score(): number {
    return this.#of.score.get(this.#row);
  }

  set score(value: number) {
    this.#of.score.set(this.#row, value);
  }

  get next(): number {
    return this.#of.next.get(this.#row);
  }

  set next(value: number) {
    this.#of.next.set(this.#row, value);
  }

  get stored(): boolean {
    return this.#of.stored.get(this.#row) === 1;
  }

  set stored(stored: boolean) {
    this.#of.stored.set(this.#row, stored ? 1 : 0);
  }

  get pending(): readonly PendingRecord[] {
    return this.#of.isPending.get(this.#row) === 1 ? this.#of.pending.get(this.#row)! : [];
  }

  set pending(records: readonly PendingRecord[]) {
    this.#of.isPending.set(this.#row, records.length > 0 ? 1 : 0);
    if (records.length > 0) this.#of.pending.set(this.#row, records);
    else this.#of.pending.delete(this.#row);
  }
}
