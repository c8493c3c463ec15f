import type { Minute } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import type { RollupGroup } from '../journeys/rollup.ts';

interface Waiting {
  groups: RollupGroup[];
  /** How many of them the state holds, and in how many parts. */
  stored: number;
  parts: number;
}

/**
 * Counts that wait for their minute to close; `cell` is stage B's number here. The state takes them in parts, each written
 * once: at a thousand events a second a minute's counts are written a thousand times otherwise.
 */
export class Pending {
  readonly #byStamp = new Map<Minute, Waiting>();
  /** Minutes with groups that the state does not hold. */
  readonly #grown = new Set<Minute>();
  /** Keys of parts whose minute has closed. */
  #gone: string[] = [];
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
    this.#of(stamp).groups.push(group);
    this.#grown.add(stamp);
  }

  take(stamp: Minute): RollupGroup[] {
    const waiting = this.#byStamp.get(stamp);
    if (!waiting) return [];
    this.#byStamp.delete(stamp);
    this.#grown.delete(stamp);
    for (let part = 0; part < waiting.parts; part++) this.#gone.push(partKey(stamp, part));
    if (stamp === this.#first) this.#first = undefined;
    return waiting.groups;
  }

  *all(): Generator<RollupGroup> {
    for (const { groups } of this.#byStamp.values()) yield* groups;
  }

  /** Puts what has come since the last call, and takes away what has closed. */
  flush(put: (key: string, write: (to: ByteWriter) => boolean) => void): void {
    for (const key of this.#gone) put(key, () => false);
    this.#gone = [];
    for (const stamp of this.#grown) {
      const waiting = this.#of(stamp);
      const groups = waiting.groups.slice(waiting.stored);
      put(partKey(stamp, waiting.parts++), (to) => encode(stamp, groups, to));
      waiting.stored = waiting.groups.length;
    }
    this.#grown.clear();
  }

  /** Takes one part back; `key` as `flush` gave it. */
  restore(key: string, from: ByteReader): void {
    const [stamp, part] = key.split('.').map(Number) as [Minute, number?];
    const waiting = this.#of(stamp);
    for (let n = from.int(); n > 0; n--) {
      const cell = from.int();
      const minute = stamp + from.int();
      const revision = from.byte() === 1;
      const counts = Array.from({ length: from.int() }, () => from.int());
      waiting.groups.push({ cell, minute, stamp, revision, counts });
    }
    waiting.stored = waiting.groups.length;
    waiting.parts = Math.max(waiting.parts, (part ?? 0) + 1);
    this.#first = undefined;
  }

  #of(stamp: Minute): Waiting {
    return getOrAdd(this.#byStamp, stamp, () => ({ groups: [], stored: 0, parts: 0 }));
  }
}

const partKey = (stamp: Minute, part: number): string => (part === 0 ? String(stamp) : `${stamp}.${part}`);

function encode(stamp: Minute, groups: readonly RollupGroup[], to: ByteWriter): true {
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
