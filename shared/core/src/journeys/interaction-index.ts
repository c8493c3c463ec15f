import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { grown } from '../bytes/columns.ts';
import { HashIndex } from '../hash/hash-index.ts';

/** Bits of an interaction's outcome. */
export const outcome = {
  aiStarted: 1,
  escalated: 2,
  loop: 4,
  seamAbandoned: 8,
  claimedKnown: 16,
  claimedResolved: 32,
  aiHandled: 64,
  breach: 128,
  sameMatter: 256,
} as const;

const none = -1;

/**
 * One row an interaction, in typed columns, found by the hash of its id. It joins surveys to their interaction, makes
 * duplicates harmless, and holds all that is needed to take an interaction's counts back when a late event changes them.
 * A customer's rows form a list from the newest start to the oldest.
 */
export class InteractionIndex {
  readonly #byHash = new HashIndex();
  readonly #free: number[] = [];
  #rows = 0;
  startMs = new Float64Array(1024);
  closeMs = new Float64Array(1024);
  /** First handoff; 0 where there was none. */
  escalatedMs = new Float64Array(1024);
  /** Minute from which evidence may use it. */
  stamp = new Int32Array(1024);
  cell = new Int32Array(1024);
  customer = new Int32Array(1024);
  /** The same customer's next older row, or -1. */
  older = new Int32Array(1024);
  /** First survey of this interaction in the survey table, or -1. */
  survey = new Int32Array(1024);
  flags = new Int32Array(1024);
  cause = new Int8Array(1024);
  /** Index of the tier rule that decided. */
  rule = new Uint8Array(1024);
  /** Age in days at which the customer came back, or -1. */
  repeatAge = new Int8Array(1024);
  /** Minute from which evidence may use `repeatAge`. */
  repeatStamp = new Int32Array(1024);
  /** Sketch bin of the first answered handoff's wait, or -1; further ones in `moreWaits`. */
  wait = new Int16Array(1024);
  /** 1 once the changelog has it, so that a tombstone is owed. */
  stored = new Uint8Array(1024);
  readonly moreWaits = new Map<number, number[]>();

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

  /** A new row with no links; the caller fills the columns. */
  add(hi: number, lo: number): number {
    const row = this.#free.pop() ?? this.#rows++;
    if (row >= this.startMs.length) this.#grow();
    this.#byHash.set(hi, lo, row);
    this.customer[row] = none;
    this.older[row] = none;
    this.survey[row] = none;
    this.cause[row] = none;
    this.repeatAge[row] = none;
    this.repeatStamp[row] = 0;
    this.wait[row] = none;
    this.flags[row] = 0;
    this.stored[row] = 0;
    this.rule[row] = 0;
    this.escalatedMs[row] = 0;
    return row;
  }

  remove(row: number): void {
    this.#byHash.delete(this.hi[row]!, this.lo[row]!);
    this.moreWaits.delete(row);
    this.#free.push(row);
  }

  has(row: number, flag: number): boolean {
    return (this.flags[row]! & flag) !== 0;
  }

  /** Sets a flag, or takes it away. */
  mark(row: number, flag: number, on: boolean): void {
    if (on) this.flags[row]! |= flag;
    else this.flags[row]! &= ~flag;
  }

  waits(row: number): number[] {
    const first = this.wait[row]!;
    return first === none ? [] : [first, ...(this.moreWaits.get(row) ?? [])];
  }

  /** Newest start first; ties by close, then by hash, so that the order never depends on arrival. */
  isNewer(a: number, b: number): boolean {
    const by =
      this.startMs[a]! - this.startMs[b]! ||
      this.closeMs[a]! - this.closeMs[b]! ||
      this.hi[a]! - this.hi[b]! ||
      this.lo[a]! - this.lo[b]!;
    return by > 0;
  }

  encode(row: number, customer: { hi: number; lo: number } | undefined, to: ByteWriter): void {
    to.int(this.startMs[row]!).int(this.closeMs[row]!).int(this.escalatedMs[row]!).int(this.stamp[row]!);
    to.int(this.cell[row]!)
      .int(this.flags[row]!)
      .int(this.cause[row]!)
      .int(this.rule[row]!)
      .int(this.repeatAge[row]!)
      .int(this.repeatStamp[row]!);
    const waits = this.waits(row);
    to.int(waits.length);
    for (const wait of waits) to.int(wait);
    to.byte(customer ? 1 : 0);
    if (customer) to.int(customer.hi).int(customer.lo);
  }

  /** Fills a new row; returns the hash of its customer, where it has one. */
  decode(row: number, from: ByteReader): { hi: number; lo: number } | undefined {
    this.stored[row] = 1;
    this.startMs[row] = from.int();
    this.closeMs[row] = from.int();
    this.escalatedMs[row] = from.int();
    this.stamp[row] = from.int();
    this.cell[row] = from.int();
    this.flags[row] = from.int();
    this.cause[row] = from.int();
    this.rule[row] = from.int();
    this.repeatAge[row] = from.int();
    this.repeatStamp[row] = from.int();
    this.setWaits(
      row,
      Array.from({ length: from.int() }, () => from.int()),
    );
    return from.byte() === 1 ? { hi: from.int(), lo: from.int() } : undefined;
  }

  setWaits(row: number, bins: readonly number[]): void {
    this.wait[row] = bins[0] ?? none;
    if (bins.length > 1) this.moreWaits.set(row, bins.slice(1));
    else this.moreWaits.delete(row);
  }

  /** Rows in use, in no particular order. */
  *rows(): Generator<number> {
    const free = new Set(this.#free);
    for (let row = 0; row < this.#rows; row++) if (!free.has(row)) yield row;
  }

  #grow(): void {
    this.startMs = grown(this.startMs);
    this.closeMs = grown(this.closeMs);
    this.escalatedMs = grown(this.escalatedMs);
    this.stamp = grown(this.stamp);
    this.cell = grown(this.cell);
    this.customer = grown(this.customer);
    this.older = grown(this.older);
    this.survey = grown(this.survey);
    this.flags = grown(this.flags);
    this.cause = grown(this.cause);
    this.rule = grown(this.rule);
    this.repeatAge = grown(this.repeatAge);
    this.repeatStamp = grown(this.repeatStamp);
    this.wait = grown(this.wait);
    this.stored = grown(this.stored);
  }
}
