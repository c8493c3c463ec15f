import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { doubled } from '../bytes/columns.ts';
import { HashIndex } from '../hash/hash-index.ts';

const never = Number.NEGATIVE_INFINITY;

/** One row a customer, in typed columns, found by the keyed hash of the customer id. */
export class Customers {
  readonly #byHash = new HashIndex();
  readonly #free: number[] = [];
  #rows = 0;
  hi = new Uint32Array(1024);
  lo = new Uint32Array(1024);
  /** Newest interaction that the index still holds, or -1. */
  newest = new Int32Array(1024);
  /** Last escalation among interactions that the index no longer holds; −∞: none. */
  escalatedMs = new Float64Array(1024);
  /** Last close or churn, for expiry. */
  lastSeenMs = new Float64Array(1024);
  /** −∞: not churned. */
  churnedMs = new Float64Array(1024);
  /** Interactions that started with the AI, and the first of them. */
  aiInteractions = new Uint32Array(1024);
  firstAiMs = new Float64Array(1024);

  get size(): number {
    return this.#byHash.size;
  }

  find(hi: number, lo: number): number {
    return this.#byHash.get(hi, lo);
  }

  findOrAdd(hi: number, lo: number): number {
    const found = this.#byHash.get(hi, lo);
    if (found >= 0) return found;
    const row = this.#free.pop() ?? this.#rows++;
    if (row >= this.hi.length) this.#grow();
    this.#byHash.set(hi, lo, row);
    this.hi[row] = hi;
    this.lo[row] = lo;
    this.newest[row] = -1;
    this.escalatedMs[row] = never;
    this.lastSeenMs[row] = never;
    this.churnedMs[row] = never;
    this.aiInteractions[row] = 0;
    this.firstAiMs[row] = Number.POSITIVE_INFINITY;
    return row;
  }

  remove(row: number): void {
    this.#byHash.delete(this.hi[row]!, this.lo[row]!);
    this.lastSeenMs[row] = Number.POSITIVE_INFINITY;
    this.#free.push(row);
  }

  /** Rows without contact since `beforeMs`. */
  *unseenSince(beforeMs: number): Generator<number> {
    for (let row = 0; row < this.#rows; row++) if (this.lastSeenMs[row]! < beforeMs) yield row;
  }

  encode(row: number, to: ByteWriter): void {
    to.float(this.escalatedMs[row]!).float(this.lastSeenMs[row]!).float(this.churnedMs[row]!);
    to.int(this.aiInteractions[row]!).float(this.firstAiMs[row]!);
  }

  decode(row: number, from: ByteReader): void {
    this.escalatedMs[row] = from.float();
    this.lastSeenMs[row] = from.float();
    this.churnedMs[row] = from.float();
    this.aiInteractions[row] = from.int();
    this.firstAiMs[row] = from.float();
  }

  #grow(): void {
    this.hi = doubled(this.hi);
    this.lo = doubled(this.lo);
    this.newest = doubled(this.newest);
    this.escalatedMs = doubled(this.escalatedMs);
    this.lastSeenMs = doubled(this.lastSeenMs);
    this.churnedMs = doubled(this.churnedMs);
    this.aiInteractions = doubled(this.aiInteractions);
    this.firstAiMs = doubled(this.firstAiMs);
  }
}
