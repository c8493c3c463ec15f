import { instruments } from '@seamwatch/contracts/events.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import type { IntColumn, WordColumn } from '../bytes/rows.ts';
import { HashIndex, type IndexReads } from '../hash/hash-index.ts';
import { type PendingRecord, type Survey, SurveyColumns } from './survey-columns.ts';

export class Surveys {
  readonly #columns = new SurveyColumns();
  /** First survey that waits for an interaction, by the interaction's hash. */
  readonly #waiting = new HashIndex();
  readonly #waitingRows = new Set<number>();
  /** No record of those that wait is older, so that before it nobody has to be looked at. */
  #oldestMs = Number.POSITIVE_INFINITY;

  get size(): number {
    return this.#columns.table.size;
  }

  find(hi: number, lo: number): number {
    return this.#columns.table.find(hi, lo);
  }

  /** The index of the hashes, to be read ahead. */
  get slots(): IndexReads {
    return this.#columns.table.slots;
  }

  /** Low half of a survey's hash. */
  get lo(): WordColumn {
    return this.#columns.table.lo;
  }

  /** The next survey of the same interaction, or -1. */
  get next(): IntColumn {
    return this.#columns.next;
  }

  /** What is known of a survey; to set a field is to change it. */
  at(row: number): Survey {
    return this.#columns.at(row);
  }

  add(survey: Readonly<Survey>): number {
    return this.#columns.add(survey);
  }

  remove(row: number): void {
    this.#columns.remove(row);
  }

  /** Puts a survey in line for an interaction that is not known yet. */
  wait(row: number): void {
    const survey = this.at(row);
    survey.next = this.#waiting.get(survey.interactionHi, survey.interactionLo);
    this.#waiting.set(survey.interactionHi, survey.interactionLo, row);
    this.#waitingRows.add(row);
    for (const { eventMs } of survey.pending) this.#oldestMs = Math.min(this.#oldestMs, eventMs);
  }

  /** Keeps a record of a survey that waits. */
  keep(row: number, record: PendingRecord): void {
    const survey = this.at(row);
    survey.pending = [...survey.pending, record];
    this.#oldestMs = Math.min(this.#oldestMs, record.eventMs);
  }

  /** Surveys that wait and whose records are all older. */
  overdue(beforeMs: number): number[] {
    if (this.#oldestMs >= beforeMs) return [];
    const found: number[] = [];
    this.#oldestMs = Number.POSITIVE_INFINITY;
    for (const row of this.#waitingRows) {
      const newestMs = Math.max(...this.at(row).pending.map(({ eventMs }) => eventMs));
      if (newestMs < beforeMs) found.push(row);
      else this.#oldestMs = Math.min(this.#oldestMs, newestMs);
    }
    return found;
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
  rows(): Iterable<number> {
    return this.#columns.table.inUse();
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
      value: new Uint8Array(from.bytes()),
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
