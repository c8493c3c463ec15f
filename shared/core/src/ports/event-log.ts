import type { Span } from '@seamwatch/contracts/facts.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';

/** One topic-partition. Offsets are exact integers; `position` means the next offset to read. */
export interface Source {
  topic: Topic;
  partition: number;
}

export interface LogRecord {
  offset: number;
  /** When the log took the record (clock time of the log), in ms. */
  appendedMs: number;
  readonly key: string | null;
  /** Null is a tombstone. */
  readonly value: Uint8Array | null;
  headers: Readonly<Record<string, string>>;
  /** Where `value` stands in a larger piece of memory, for who reads it there and needs no view of it. */
  readonly span?: Span | undefined;
}

export interface OutRecord {
  topic: Topic;
  /** Absent: by murmur2 of the key, as Kafka's default partitioner does; 0 where the key is null too. */
  partition?: number;
  key: string | null;
  value: Uint8Array | string | null;
  headers?: Readonly<Record<string, string>>;
  /** The same key and value as bytes, where they stand so; only without headers, and with a partition. */
  readonly packed?: PackedRecord;
}

/** A key in ASCII, and a value behind it. */
export interface PackedRecord {
  readonly bytes: Uint8Array;
  readonly keyFrom: number;
  /** Where the key ends and the value begins. */
  readonly from: number;
  /** < 0: no value. */
  readonly to: number;
}

export interface Batch {
  source: Source;
  records: readonly LogRecord[];
  /** Offset after the last committed record of the partition as known at fetch time: at its end, position ≥ end. */
  end: number;
}

/** `interactions-3`. */
export const sourceName = (s: Source): string => `${s.topic}-${s.partition}`;

/**
 * A unit of work: the sources that one owner reads together, its changelog partitions, and one transactional
 * identity. Order of use: `restore` each changelog, then `batches` from the positions found in it, then commits.
 */
export interface Unit {
  readonly name: string;
  readonly partition: number;
  readonly sources: readonly Source[];
  /**
   * Reads a changelog partition to its end, committed records only, newest value per key last. Tombstones come as null values.
   * An adapter may keep a record `~mark` of its own there, which is not handed out here.
   */
  restore(changelog: Topic, onRecord: (record: LogRecord) => void): Promise<void>;
  /**
   * Batches of the sources, from `positions` (by `sourceName`; absent: the beginning). Reads on demand: the next batch is
   * fetched when the iterator asks. While nothing new comes, yields an empty batch per source at least every
   * `idlePollMs`, so that the owner can see that it is at the end. Ends when the unit is revoked or `signal` aborts.
   * `wanted`, where given, is asked before each read which sources may be read now (alignment of event time).
   */
  batches(options: {
    positions: ReadonlyMap<string, number>;
    idlePollMs: number;
    signal: AbortSignal;
    wanted?: (source: Source) => boolean;
  }): AsyncIterable<Batch>;
  /**
   * Takes all records together, in one transaction: outputs, changelog records, and with them the source positions that
   * the caller has put into the changelog. Throws `UnitFenced` where another owner has taken over, or where it is not sure
   * that the records were taken: nothing more can be committed then. `positions` are also stored as group offsets, for lag
   * displays only.
   */
  commit(records: readonly OutRecord[], positions: ReadonlyMap<string, number>): Promise<void>;
  /** Leaves in good order: nothing more is committed afterwards. */
  close(): Promise<void>;
}

export class UnitFenced extends Error {
  override readonly name = 'UnitFenced';
}

export interface UnitSpec {
  /** Consumer group, and stem of the transactional id: `journeys` or `segments`. */
  group: string;
  /** Input topics that are co-partitioned: unit p reads partition p of each. */
  topics: readonly Topic[];
}

/** A plain reader with a position of its own: sinks, views. Reads committed records only. */
export interface Reader {
  /** Yields non-empty batches, in order per source; ends on abort. */
  batches(options: { idlePollMs: number; signal: AbortSignal }): AsyncIterable<Batch>;
  /** Stores positions (by `sourceName`) under the reader's group; only for readers with a group. */
  commit(positions: ReadonlyMap<string, number>): Promise<void>;
  close(): Promise<void>;
}

export interface EventLog {
  /** Partition count of a topic. Throws `SEAM_KAFKA_TOPIC` where it is missing. */
  partitions(topic: Topic): Promise<number>;
  /** Appends records outside of any unit; resolves when they are durable. */
  append(records: readonly OutRecord[]): Promise<void>;
  /**
   * Takes part in a group: calls `run` for each unit that is assigned here, each with its own lifetime; resolves after
   * `signal` aborts and every unit has closed. An error that `run` throws ends the participation and is rethrown,
   * save `UnitFenced`, which only ends that unit; if it still is assigned here, it starts again as a new one.
   */
  participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void>;
  /**
   * Opens a reader on all partitions of the topics. With `group`, it starts at the stored positions, else (or where none
   * are stored) at `from`.
   */
  reader(options: { topics: readonly Topic[]; group?: string; from: 'beginning' | 'end' }): Promise<Reader>;
  /** Positions that a group has stored, by `sourceName`; for lag displays. */
  groupPositions(group: string, topics: readonly Topic[]): Promise<ReadonlyMap<string, number>>;
  /** First and next offset of each partition, by `sourceName`. */
  offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>>;
  close(): Promise<void>;
}
