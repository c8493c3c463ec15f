import { type EventTimeMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { grown } from '../bytes/columns.ts';
import { HashIndex } from '../hash/hash-index.ts';

const never = Number.NEGATIVE_INFINITY;
const firstMinute = -(2 ** 31);
const lastMinute = 2 ** 31 - 1;
const minuteOf = (ms: EventTimeMs): Minute =>
  Math.min(lastMinute, Math.max(firstMinute, Math.floor(ms / minuteMs)));

/**
 * One row a customer, in typed columns, found by the keyed hash of the customer id. Times that are compared with other
 * events' are whole milliseconds; where a day or a week is all that is asked, a minute in four bytes does.
 */
export class Customers {
  readonly #byHash = new HashIndex();
  readonly #free: number[] = [];
  #rows = 0;
  /** Newest interaction that the index still holds, or -1. */
  newest = new Int32Array(1024);
  /** Last escalation among interactions that the index no longer holds; −∞: none. */
  escalatedMs = new Float64Array(1024);
  /** −∞: not churned. */
  churnedMs = new Float64Array(1024);
  /** Last close or churn, for expiry; the last minute there is where the row is free. */
  #lastSeen = new Int32Array(1024);
  /** Interactions that started with the AI, and the first of them. */
  #aiInteractions = new Uint32Array(1024);
  #firstAi = new Int32Array(1024);

  get size(): number {
    return this.#byHash.size;
  }

  /** Hash halves of each row. */
  get hi(): Uint32Array {
    return this.#byHash.hi;
  }

  get lo(): Uint32Array {
    return this.#byHash.lo;
  }

  find(hi: number, lo: number): number {
    return this.#byHash.get(hi, lo);
  }

  findOrAdd(hi: number, lo: number): number {
    const found = this.#byHash.get(hi, lo);
    if (found >= 0) return found;
    const row = this.#free.pop() ?? this.#rows++;
    if (row >= this.newest.length) this.#grow();
    this.#byHash.set(hi, lo, row);
    this.newest[row] = -1;
    this.escalatedMs[row] = never;
    this.churnedMs[row] = never;
    this.#lastSeen[row] = firstMinute;
    this.#aiInteractions[row] = 0;
    this.#firstAi[row] = lastMinute;
    return row;
  }

  remove(row: number): void {
    this.#byHash.delete(this.hi[row]!, this.lo[row]!);
    this.#lastSeen[row] = lastMinute;
    this.#free.push(row);
  }

  /** Notes a contact that ended, or a churn. */
  see(row: number, atMs: EventTimeMs): void {
    this.#lastSeen[row] = Math.max(this.#lastSeen[row]!, minuteOf(atMs));
  }

  /** Notes an interaction that started with the AI. */
  meetAi(row: number, startMs: EventTimeMs): void {
    this.#aiInteractions[row]!++;
    this.#firstAi[row] = Math.min(this.#firstAi[row]!, minuteOf(startMs));
  }

  /** Rows without contact since the minute of `beforeMs`. */
  *unseenSince(beforeMs: EventTimeMs): Generator<number> {
    const before = minuteOf(beforeMs);
    for (let row = 0; row < this.#rows; row++) if (this.#lastSeen[row]! < before) yield row;
  }

  /** Drops rows that older values of a changelog speak of and its newest no longer do. */
  removeUnmet(): void {
    for (let row = 0; row < this.#rows; row++)
      if (this.#lastSeen[row] === firstMinute && this.newest[row]! < 0) this.remove(row);
  }

  encode(row: number, to: ByteWriter): void {
    to.float(this.escalatedMs[row]!);
    to.float(this.#lastSeen[row]! * minuteMs);
    to.float(this.churnedMs[row]!);
    to.int(this.#aiInteractions[row]!);
    to.float(this.#firstAi[row]! * minuteMs);
  }

  decode(row: number, from: ByteReader): void {
    this.escalatedMs[row] = from.float();
    this.#lastSeen[row] = minuteOf(from.float());
    this.churnedMs[row] = from.float();
    this.#aiInteractions[row] = from.int();
    this.#firstAi[row] = minuteOf(from.float());
  }

  #grow(): void {
    this.newest = grown(this.newest);
    this.escalatedMs = grown(this.escalatedMs);
    this.churnedMs = grown(this.churnedMs);
    this.#lastSeen = grown(this.#lastSeen);
    this.#aiInteractions = grown(this.#aiInteractions);
    this.#firstAi = grown(this.#firstAi);
  }
}
