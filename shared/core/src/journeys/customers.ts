import { type EventTimeMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { FloatColumn, IntColumn } from '../bytes/rows.ts';
import type { IndexReads } from '../hash/hash-index.ts';
import { HashedRows } from '../hash/hashed-rows.ts';

const never = Number.NEGATIVE_INFINITY;
const firstMinute = -(2 ** 31);
const lastMinute = 2 ** 31 - 1;
const minuteOf = (ms: EventTimeMs): Minute =>
  Math.min(lastMinute, Math.max(firstMinute, Math.floor(ms / minuteMs)));

/**
 * One row a customer, found by the keyed hash of the customer id. Times that are compared with other events' are whole
 * milliseconds; where a day or a week is all that is asked, a minute in four bytes does.
 */
export class Customers {
  readonly #table = new HashedRows(40);
  /** Hash halves. */
  readonly hi = this.#table.hi;
  readonly lo = this.#table.lo;
  /** Last escalation among interactions that the index no longer holds; −∞: none. */
  readonly escalatedMs = new FloatColumn(this.#table.rows, 8);
  /** −∞: not churned. */
  readonly churnedMs = new FloatColumn(this.#table.rows, 16);
  /** Newest interaction that the index still holds, or -1. */
  readonly newest = new IntColumn(this.#table.rows, 24);
  /** Last close or churn, for expiry; the last minute there is where the row is free. */
  readonly #lastSeen = new IntColumn(this.#table.rows, 28);
  /** Interactions that started with the AI, and the first of them. */
  readonly #aiInteractions = new IntColumn(this.#table.rows, 32);
  readonly #firstAi = new IntColumn(this.#table.rows, 36);

  get size(): number {
    return this.#table.size;
  }

  find(hi: number, lo: number): number {
    return this.#table.find(hi, lo);
  }

  /** The index of the hashes, to be read ahead. */
  get slots(): IndexReads {
    return this.#table.slots;
  }

  findOrAdd(hi: number, lo: number): number {
    const found = this.#table.find(hi, lo);
    if (found >= 0) return found;
    const row = this.#table.add(hi, lo);
    this.newest.set(row, -1);
    this.escalatedMs.set(row, never);
    this.churnedMs.set(row, never);
    this.#lastSeen.set(row, firstMinute);
    this.#aiInteractions.set(row, 0);
    this.#firstAi.set(row, lastMinute);
    return row;
  }

  remove(row: number): void {
    this.#table.remove(row);
    this.#lastSeen.set(row, lastMinute);
  }

  /** Notes a contact that ended, or a churn. */
  see(row: number, atMs: EventTimeMs): void {
    this.#lastSeen.set(row, Math.max(this.#lastSeen.get(row), minuteOf(atMs)));
  }

  /** Notes an interaction that started with the AI. */
  meetAi(row: number, startMs: EventTimeMs): void {
    this.#aiInteractions.set(row, this.#aiInteractions.get(row) + 1);
    this.#firstAi.set(row, Math.min(this.#firstAi.get(row), minuteOf(startMs)));
  }

  /** Rows without contact since the minute of `beforeMs`. */
  *unseenSince(beforeMs: EventTimeMs): Generator<number> {
    const before = minuteOf(beforeMs);
    for (let row = 0; row < this.#table.end; row++) if (this.#lastSeen.get(row) < before) yield row;
  }

  /** Drops rows that older values of a changelog speak of and its newest no longer do. */
  removeUnmet(): void {
    for (let row = 0; row < this.#table.end; row++)
      if (this.#lastSeen.get(row) === firstMinute && this.newest.get(row) < 0) this.remove(row);
  }

  encode(row: number, to: ByteWriter): void {
    to.float(this.escalatedMs.get(row));
    to.float(this.#lastSeen.get(row) * minuteMs);
    to.float(this.churnedMs.get(row));
    to.int(this.#aiInteractions.get(row));
    to.float(this.#firstAi.get(row) * minuteMs);
  }

  decode(row: number, from: ByteReader): void {
    this.escalatedMs.set(row, from.float());
    this.#lastSeen.set(row, minuteOf(from.float()));
    this.churnedMs.set(row, from.float());
    this.#aiInteractions.set(row, from.int());
    this.#firstAi.set(row, minuteOf(from.float()));
  }
}
