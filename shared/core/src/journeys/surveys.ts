import { type Instrument, instruments } from '@seamwatch/contracts/events.ts';
import type { Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { HashIndex } from '../hash/hash-index.ts';

/** What is known of one survey: that it was sent, that it was answered, or both, in any order. */
export interface Survey {
  hi: number;
  lo: number;
  interactionHi: number;
  interactionLo: number;
  instrument: Instrument;
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
  pending: PendingRecord[];
}

export interface PendingRecord {
  offset: number;
  eventMs: number;
  value: Uint8Array;
}

export class Surveys {
  readonly #byHash = new HashIndex();
  readonly #rows: (Survey | undefined)[] = [];
  readonly #free: number[] = [];
  /** First survey that waits for an interaction, by the interaction's hash. */
  readonly #waiting = new HashIndex();
  readonly #waitingRows = new Set<number>();

  get size(): number {
    return this.#byHash.size;
  }

  find(hi: number, lo: number): number {
    return this.#byHash.get(hi, lo);
  }

  at(row: number): Survey {
    return this.#rows[row]!;
  }

  add(survey: Survey): number {
    const row = this.#free.pop() ?? this.#rows.length;
    this.#rows[row] = survey;
    this.#byHash.set(survey.hi, survey.lo, row);
    return row;
  }

  remove(row: number): void {
    const survey = this.at(row);
    this.#byHash.delete(survey.hi, survey.lo);
    this.#rows[row] = undefined;
    this.#free.push(row);
  }

  /** Puts a survey in line for an interaction that is not known yet. */
  wait(row: number): void {
    const survey = this.at(row);
    survey.next = this.#waiting.get(survey.interactionHi, survey.interactionLo);
    this.#waiting.set(survey.interactionHi, survey.interactionLo, row);
    this.#waitingRows.add(row);
  }

  /** Takes the line of surveys that waited for an interaction: the first row, linked by `next`; or -1. */
  takeWaiting(hi: number, lo: number): number {
    const first = this.#waiting.get(hi, lo);
    if (first >= 0) this.#waiting.delete(hi, lo);
    for (let row = first; row >= 0; row = this.at(row).next) this.#waitingRows.delete(row);
    return first;
  }

  /** Leaves the line for an interaction. */
  stopWaiting(row: number): void {
    this.#waitingRows.delete(row);
    const survey = this.at(row);
    const { interactionHi: hi, interactionLo: lo } = survey;
    let at = this.#waiting.get(hi, lo);
    if (at === row) {
      if (survey.next >= 0) this.#waiting.set(hi, lo, survey.next);
      else this.#waiting.delete(hi, lo);
      return;
    }
    while (this.at(at).next !== row) at = this.at(at).next;
    this.at(at).next = survey.next;
  }

  /** Rows in use. */
  *rows(): Generator<number> {
    for (const [row, survey] of this.#rows.entries()) if (survey) yield row;
  }

  /** Surveys that still wait for their interaction. */
  get waitingRows(): Iterable<number> {
    return this.#waitingRows;
  }

  encode(row: number, to: ByteWriter): void {
    const s = this.at(row);
    to.int(s.interactionHi).int(s.interactionLo).byte(instruments.indexOf(s.instrument));
    to.int(s.sentMs ?? 0)
      .int(s.sentStamp)
      .int(s.answeredMs ?? 0)
      .int(s.answeredStamp)
      .int(s.score);
    to.int(s.pending.length);
    for (const record of s.pending) to.int(record.offset).int(record.eventMs).bytes(record.value);
  }

  decode(hi: number, lo: number, from: ByteReader): Survey {
    const interactionHi = from.int();
    const interactionLo = from.int();
    const instrument = instruments[from.byte()] ?? 'csat';
    const sentMs = from.int() || undefined;
    const sentStamp = from.int();
    const answeredMs = from.int() || undefined;
    const answeredStamp = from.int();
    const score = from.int();
    const pending = Array.from({ length: from.int() }, () => ({
      offset: from.int(),
      eventMs: from.int(),
      value: from.bytes().slice(),
    }));
    return {
      hi,
      lo,
      interactionHi,
      interactionLo,
      instrument,
      sentMs,
      sentStamp,
      answeredMs,
      answeredStamp,
      score,
      next: -1,
      stored: true,
      pending,
    };
  }
}
