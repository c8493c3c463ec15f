import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { Minute } from '@seamwatch/contracts/units.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { SourceClock } from './source-clock.ts';

/*
 * A rollup is what stage A tells stage B in one commit:
 *   version, partition, clocks of the two sources, dead letters by reason (totals), cells seen for the first time,
 *   then groups of counts:  cell+1, minute − last minute, stamp − minute, revision, (counter+1, delta)*, 0 … 0
 */
const version = 1;

/** Counts that one event adds to one cell and minute. */
export interface RollupGroup {
  cell: number;
  minute: Minute;
  /** The minute in which evidence may use the counts. */
  stamp: Minute;
  /** A correction of what was counted before: changes rates, not evidence. */
  revision: boolean;
  /** Counter, delta, counter, delta, … */
  counts: readonly number[];
}

export interface Rollup {
  partition: number;
  interactions: SourceClock;
  surveys: SourceClock;
  deadByReason: Map<ErrorCode, number>;
  /** Number and key of cells that this partition uses for the first time. */
  cells: { id: number; key: string }[];
  groups: RollupGroup[];
}

/** Writes groups as they come; groups without counts are left out. */
export class RollupWriter {
  readonly #groups = new ByteWriter(4096);
  #lastMinute: Minute = 0;
  #pending: { cell: number; minute: Minute; stamp: Minute; revision: boolean } | undefined;
  #open = false;
  #cells: { id: number; key: string }[] = [];

  /** Bytes of groups so far. */
  get length(): number {
    return this.#groups.length;
  }

  newCell(id: number, key: string): void {
    this.#cells.push({ id, key });
  }

  begin(cell: number, minute: Minute, stamp: Minute, revision = false): this {
    this.#end();
    this.#pending = { cell, minute, stamp, revision };
    return this;
  }

  add(counter: number, delta: number): this {
    if (delta === 0) return this;
    if (!this.#open) {
      const { cell, minute, stamp, revision } = this.#pending!;
      this.#groups
        .int(cell + 1)
        .int(minute - this.#lastMinute)
        .int(stamp - minute)
        .byte(revision ? 1 : 0);
      this.#lastMinute = minute;
      this.#open = true;
    }
    this.#groups.int(counter + 1).int(delta);
    return this;
  }

  #end(): void {
    if (this.#open) this.#groups.int(0);
    this.#open = false;
  }

  /** The record; the writer starts again. */
  take(head: Pick<Rollup, 'partition' | 'interactions' | 'surveys' | 'deadByReason'>): Uint8Array {
    this.#end();
    const record = new ByteWriter(this.#groups.length + 256).byte(version).int(head.partition);
    head.interactions.encode(record);
    head.surveys.encode(record);
    record.int(head.deadByReason.size);
    for (const [code, count] of head.deadByReason) record.text(code).int(count);
    record.int(this.#cells.length);
    for (const { id, key } of this.#cells) record.int(id).text(key);
    record.bytes(this.#groups.take());
    this.#cells = [];
    this.#lastMinute = 0;
    return record.finish();
  }
}

const anyTime = { outOfOrder: 0, allowedLateness: 0 };

/** Reads a rollup. Throws `RangeError` on another version. */
export function decodeRollup(bytes: Uint8Array): Rollup {
  const from = new ByteReader(bytes);
  const found = from.byte();
  if (found !== version) throw new RangeError(`rollup version ${found}, where ${version} is right`);
  const partition = from.int();
  const interactions = new SourceClock(anyTime);
  const surveys = new SourceClock(anyTime);
  interactions.decode(from);
  surveys.decode(from);
  const deadByReason = new Map<ErrorCode, number>();
  for (let n = from.int(); n > 0; n--) deadByReason.set(from.text() as ErrorCode, from.int());
  const cells: Rollup['cells'] = [];
  for (let n = from.int(); n > 0; n--) cells.push({ id: from.int(), key: from.text() });
  const groups: RollupGroup[] = [];
  const body = new ByteReader(from.bytes());
  let minute = 0;
  while (!body.done) {
    const cell = body.int() - 1;
    minute += body.int();
    const stamp = minute + body.int();
    const revision = body.byte() === 1;
    const counts: number[] = [];
    for (let counter = body.int(); counter !== 0; counter = body.int()) counts.push(counter - 1, body.int());
    groups.push({ cell, minute, stamp, revision, counts });
  }
  return { partition, interactions, surveys, deadByReason, cells, groups };
}
