import type { Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { RollupGroup } from '../journeys/rollup.ts';

/** Counts that wait for their minute to close; `cell` is stage B's number here. */
export class Pending {
  readonly #byStamp = new Map<Minute, RollupGroup[]>();
  readonly dirty = new Set<Minute>();
  /** Undefined where it has to be looked for. */
  #first: Minute | undefined;

  /** Earliest stamp, or +∞. */
  get first(): Minute {
    if (this.#first === undefined) {
      this.#first = Number.POSITIVE_INFINITY;
      for (const stamp of this.#byStamp.keys()) if (stamp < this.#first) this.#first = stamp;
    }
    return this.#first;
  }

  /** Latest stamp, or −∞. */
  get last(): Minute {
    let last = Number.NEGATIVE_INFINITY;
    for (const stamp of this.#byStamp.keys()) if (stamp > last) last = stamp;
    return last;
  }

  add(stamp: Minute, group: RollupGroup): void {
    if (this.#first !== undefined && stamp < this.#first) this.#first = stamp;
    getOrAdd(this.#byStamp, stamp, () => []).push(group);
    this.dirty.add(stamp);
  }

  take(stamp: Minute): RollupGroup[] {
    const groups = this.#byStamp.get(stamp);
    if (!groups) return [];
    this.#byStamp.delete(stamp);
    if (stamp === this.#first) this.#first = undefined;
    this.dirty.add(stamp);
    return groups;
  }

  *all(): Generator<RollupGroup> {
    for (const groups of this.#byStamp.values()) yield* groups;
  }

  encode(stamp: Minute, to: ByteWriter): boolean {
    const groups = this.#byStamp.get(stamp);
    if (!groups) return false;
    to.int(groups.length);
    for (const { cell, minute, revision, counts } of groups) {
      to.int(cell)
        .int(minute - stamp)
        .byte(revision ? 1 : 0)
        .int(counts.length);
      for (const count of counts) to.int(count);
    }
    return true;
  }

  restore(stamp: Minute, from: ByteReader): void {
    const groups = Array.from({ length: from.int() }, (): RollupGroup => {
      const cell = from.int();
      const minute = stamp + from.int();
      const revision = from.byte() === 1;
      return { cell, minute, stamp, revision, counts: Array.from({ length: from.int() }, () => from.int()) };
    });
    this.#byStamp.set(stamp, groups);
    this.#first = undefined;
  }
}
