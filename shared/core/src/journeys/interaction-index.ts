import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { ByteColumn, FloatColumn, IntColumn, ShortColumn, SignedByteColumn } from '../bytes/rows.ts';
import type { IndexReads } from '../hash/hash-index.ts';
import { HashedRows } from '../hash/hashed-rows.ts';

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
const noWaits: readonly number[] = [];

/**
 * One row an interaction, found by the hash of its id. It joins surveys to their interaction, makes duplicates harmless, and
 * holds all that is needed to take an interaction's counts back when a late event changes them. A customer's rows form a
 * list from the newest start to the oldest.
 */
export class InteractionIndex {
  readonly #table = new HashedRows(64);
  /** Hash halves. */
  readonly hi = this.#table.hi;
  readonly lo = this.#table.lo;
  readonly startMs = new FloatColumn(this.#table.rows, 8);
  readonly closeMs = new FloatColumn(this.#table.rows, 16);
  /** First handoff; 0 where there was none. */
  readonly escalatedMs = new FloatColumn(this.#table.rows, 24);
  /** Minute from which evidence may use it. */
  readonly stamp = new IntColumn(this.#table.rows, 32);
  readonly cell = new IntColumn(this.#table.rows, 36);
  readonly customer = new IntColumn(this.#table.rows, 40);
  /** The same customer's next older row, or -1. */
  readonly older = new IntColumn(this.#table.rows, 44);
  /** First survey of this interaction in the survey table, or -1. */
  readonly survey = new IntColumn(this.#table.rows, 48);
  /** Minute from which evidence may use `repeatAge`. */
  readonly repeatStamp = new IntColumn(this.#table.rows, 52);
  readonly flags = new ShortColumn(this.#table.rows, 56);
  /** Sketch bin of the first answered handoff's wait, or -1; further ones in `#moreWaits`. */
  readonly #wait = new ShortColumn(this.#table.rows, 58);
  readonly cause = new SignedByteColumn(this.#table.rows, 60);
  /** Index of the tier rule that decided. */
  readonly rule = new ByteColumn(this.#table.rows, 61);
  /** Age in days at which the customer came back, or -1. */
  readonly repeatAge = new SignedByteColumn(this.#table.rows, 62);
  /** 1 once the changelog has it, so that a tombstone is owed. */
  readonly stored = new ByteColumn(this.#table.rows, 63);
  readonly #moreWaits = new Map<number, number[]>();

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

  /** A new row with no links; the caller fills the columns. */
  add(hi: number, lo: number): number {
    const row = this.#table.add(hi, lo);
    this.customer.set(row, none);
    this.older.set(row, none);
    this.survey.set(row, none);
    this.cause.set(row, none);
    this.repeatAge.set(row, none);
    this.repeatStamp.set(row, 0);
    this.#wait.set(row, none);
    this.flags.set(row, 0);
    this.stored.set(row, 0);
    this.rule.set(row, 0);
    this.escalatedMs.set(row, 0);
    return row;
  }

  remove(row: number): void {
    if (this.has(row, outcome.loop)) this.#moreWaits.delete(row);
    this.#table.remove(row);
  }

  has(row: number, flag: number): boolean {
    return (this.flags.get(row) & flag) !== 0;
  }

  /** Sets a flag, or takes it away. */
  mark(row: number, flag: number, on: boolean): void {
    const flags = this.flags.get(row);
    this.flags.set(row, on ? flags | flag : flags & ~flag);
  }

  waits(row: number): readonly number[] {
    const first = this.#wait.get(row);
    return first === none ? noWaits : [first, ...(this.#moreWaits.get(row) ?? noWaits)];
  }

  /** Newest start first; ties by close, then by hash, so that the order never depends on arrival. */
  isNewer(a: number, b: number): boolean {
    const by =
      this.startMs.get(a) - this.startMs.get(b) ||
      this.closeMs.get(a) - this.closeMs.get(b) ||
      this.hi.get(a) - this.hi.get(b) ||
      this.lo.get(a) - this.lo.get(b);
    return by > 0;
  }

  encode(row: number, customer: { hi: number; lo: number } | undefined, to: ByteWriter): void {
    to.int(this.startMs.get(row))
      .int(this.closeMs.get(row))
      .int(this.escalatedMs.get(row))
      .int(this.stamp.get(row));
    to.int(this.cell.get(row))
      .int(this.flags.get(row))
      .int(this.cause.get(row))
      .int(this.rule.get(row))
      .int(this.repeatAge.get(row))
      .int(this.repeatStamp.get(row));
    const waits = this.waits(row);
    to.int(waits.length);
    for (const wait of waits) to.int(wait);
    to.byte(customer ? 1 : 0);
    if (customer) to.int(customer.hi).int(customer.lo);
  }

  /** Fills a new row; returns the hash of its customer, where it has one. */
  decode(row: number, from: ByteReader): { hi: number; lo: number } | undefined {
    this.stored.set(row, 1);
    this.startMs.set(row, from.int());
    this.closeMs.set(row, from.int());
    this.escalatedMs.set(row, from.int());
    this.stamp.set(row, from.int());
    this.cell.set(row, from.int());
    this.flags.set(row, from.int());
    this.cause.set(row, from.int());
    this.rule.set(row, from.int());
    this.repeatAge.set(row, from.int());
    this.repeatStamp.set(row, from.int());
    this.setWaits(
      row,
      Array.from({ length: from.int() }, () => from.int()),
    );
    return from.byte() === 1 ? { hi: from.int(), lo: from.int() } : undefined;
  }

  setWaits(row: number, bins: readonly number[]): void {
    this.#wait.set(row, bins[0] ?? none);
    if (bins.length > 1) this.#moreWaits.set(row, bins.slice(1));
    else this.#moreWaits.delete(row);
  }

  /** Rows in use, in no particular order. */
  rows(): Iterable<number> {
    return this.#table.inUse();
  }
}
