import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { EventLog, OutRecord, Reader, Unit, UnitSpec } from '@seamwatch/core/ports/event-log.ts';
import { defaultHandOverMs, RunningUnits } from '../log/running-units.ts';
import { Changes } from './changes.ts';
import { countBytes, eraseRecords, purgeBytes, type RecordPlace } from './erasure.ts';
import { Membership, type Taken } from './membership.ts';
import { SqliteReader } from './sqlite-reader.ts';
import { type Feeds, SqliteUnit } from './sqlite-unit.ts';
import { SqliteStore } from './store.ts';
import { trim } from './trim.ts';

/** How often a participant looks whether units are to be taken or given. */
const balanceEveryMs = 500;

interface PendingAppend {
  records: readonly OutRecord[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** The event log in one SQLite file; several instances, threads and processes may open it at the same time. */
export class SqliteEventLog implements EventLog {
  readonly #store: SqliteStore;
  readonly #changes: Changes;
  readonly #handOverMs: number;
  readonly #closed = new AbortController();
  readonly #participations = new Set<Promise<void>>();
  #pending: PendingAppend[] = [];

  constructor(store: SqliteStore, handOverMs: number) {
    this.#store = store;
    this.#handOverMs = handOverMs;
    this.#changes = new Changes(store);
  }

  async partitions(topic: Topic): Promise<number> {
    return this.#store.sources(topic).length;
  }

  /** Appends of one turn of the event loop share a transaction, and so one sync of the disk. */
  append(records: readonly OutRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#pending.length === 0) setImmediate(() => this.#flush());
      this.#pending.push({ records, resolve, reject });
    });
  }

  participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void> {
    return this.#track(this.#participate(spec, run, signal, undefined));
  }

  /**
   * As `participate`, but the sources named in `feeds` are read from there, and not from the log: history goes into state,
   * outputs and positions, and its input is not copied. Afterwards the log goes on behind the last committed position.
   * Resolves when every unit's `run` has returned, or after `signal` aborts.
   */
  participateWith(
    spec: UnitSpec,
    run: (unit: Unit) => Promise<void>,
    signal: AbortSignal,
    feeds: Feeds,
  ): Promise<void> {
    return this.#track(this.#store.withLargeCache(() => this.#participate(spec, run, signal, feeds)));
  }

  async reader(options: {
    topics: readonly Topic[];
    group?: string;
    from: 'beginning' | 'end';
  }): Promise<Reader> {
    return new SqliteReader({
      store: this.#store,
      changes: this.#changes,
      closed: this.#closed.signal,
      ...options,
    });
  }

  async groupPositions(group: string, wanted: readonly Topic[]): Promise<ReadonlyMap<string, number>> {
    return this.#store.positions(group, wanted);
  }

  async offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>> {
    return new Map(
      this.#store
        .sources(topic)
        .map((source) => [source.name, { first: this.#store.first(source), end: this.#store.next(source) }]),
    );
  }

  /** Deletes what is older than its topic's retention. Works in short transactions; resolves to the number of records. */
  trim(nowMs: number): Promise<number> {
    return trim(this.#store, nowMs, this.#closed.signal);
  }

  /** Deletes records for good, of any topic. */
  async erase(places: readonly RecordPlace[]): Promise<void> {
    eraseRecords(this.#store, places);
  }

  /** Frees the file of bytes that no record holds any more; resolves to how often they are still there. */
  purge(needles: readonly Uint8Array[]): Promise<number> {
    return purgeBytes(this.#store, needles);
  }

  /** How often the file holds any of these bytes, in records or between them. */
  async countBytes(needles: readonly Uint8Array[]): Promise<number> {
    return countBytes(this.#store, needles);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#flush();
    this.#closed.abort();
    await Promise.allSettled(this.#participations);
    this.#store.close();
  }

  #track(participation: Promise<void>): Promise<void> {
    this.#participations.add(participation);
    return participation.finally(() => this.#participations.delete(participation));
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    if (pending.length === 0) return;
    try {
      this.#store.transact(() => {
        for (const { records } of pending) this.#store.append(records, Date.now());
      });
    } catch (error) {
      for (const { reject } of pending) reject(error);
      return;
    }
    for (const { resolve } of pending) resolve();
    this.#changes.notify();
  }

  async #participate(
    spec: UnitSpec,
    run: (unit: Unit) => Promise<void>,
    signal: AbortSignal,
    feeds: Feeds | undefined,
  ): Promise<void> {
    const count = unitCount(spec, this.#store);
    const members = new Membership(this.#store, spec.group, count);
    const running = new RunningUnits(run, this.#handOverMs);
    const fed = new AbortController();
    const stop = AbortSignal.any([signal, this.#closed.signal, fed.signal]);
    const start = ({ partition, epoch }: Taken) => {
      const unit = this.#unit(spec, members, partition, epoch, feeds);
      running.start(unit, () => {
        // A unit whose owner has returned by itself stays with this member, and is not run again.
        if (!running.finished.has(partition)) members.release(partition);
        else if (feeds && running.finished.size === count) fed.abort();
      });
    };
    const balancing = async () => {
      while (!stop.aborted) {
        const { taken, surplus } = members.balance(running.partitions);
        for (const unit of taken) start(unit);
        for (const partition of surplus) void running.stop(partition);
        await sleep(balanceEveryMs, undefined, { signal: stop }).catch(() => {});
      }
    };
    try {
      await Promise.race([balancing(), running.failed]);
    } finally {
      await running.stopAll();
      members.leave();
    }
  }

  #unit(
    spec: UnitSpec,
    members: Membership,
    partition: number,
    epoch: number,
    feeds: Feeds | undefined,
  ): SqliteUnit {
    return new SqliteUnit({
      store: this.#store,
      changes: this.#changes,
      members,
      topics: spec.topics,
      partition,
      epoch,
      feeds,
    });
  }
}

export interface SqliteLogOptions {
  /** Made where it is missing. */
  file: string;
  /** Partitions of the input topics, default 1; settled when the file is made. */
  partitions?: number;
  /** How long the owner of a revoked unit may take to finish, default 10 s. */
  handOverMs?: number;
}

/** Opens the log in a file. Throws `SEAM_STORE_VERSION`, `SEAM_STORE_BUSY`, and `SEAM_CONFIG` for another partition count. */
export function openSqliteEventLog(options: SqliteLogOptions): SqliteEventLog {
  const store = new SqliteStore(options.file, options.partitions);
  return new SqliteEventLog(store, options.handOverMs ?? defaultHandOverMs);
}

/** Topics that units read together must have as many partitions as each other. */
function unitCount(spec: UnitSpec, store: SqliteStore): number {
  const counts = new Set(spec.topics.map((topic) => store.sources(topic).length));
  const [count] = counts;
  if (counts.size !== 1 || count === undefined) {
    const found = spec.topics.map((topic) => `${topic} has ${store.sources(topic).length}`).join(', ');
    throw new SeamError(
      'SEAM_KAFKA_TOPIC',
      `topics read together need the same number of partitions: ${found}`,
    );
  }
  return count;
}
