import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Topic, topics } from '@seamwatch/contracts/topics.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { partitionOf } from '../log/murmur2.ts';
import { recordSizeBound, type WireRecord } from './wire/encode-records.ts';
import { keyForKeyless } from './wire/keyless.ts';

/** Below the broker's default `max.message.bytes` of 1 MiB + 12. */
const batchBytes = 950_000;

/** Records for one topic-partition, in order; the topic with its prefix. */
export interface PartitionRecords {
  topic: string;
  partition: number;
  records: WireRecord[];
}

/** Sorts records by topic-partition. `describe` knows each topic. Throws `SEAM_KAFKA_TOPIC` for a partition that is not there. */
export function byPartition(
  records: readonly OutRecord[],
  describe: (topic: Topic) => { name: string; partitions: number },
): PartitionRecords[] {
  const byTopic = new Map<
    Topic,
    { name: string; partitions: number; groups: Map<number, PartitionRecords> }
  >();
  for (const record of records) {
    const { topic, partition: wanted } = record;
    let places = byTopic.get(topic);
    if (!places) {
      places = { ...describe(topic), groups: new Map() };
      byTopic.set(topic, places);
    }
    const { name, partitions, groups } = places;
    const partition = wanted ?? partitionOf(record.key, partitions);
    if (partition < 0 || partition >= partitions) {
      throw new SeamError(
        'SEAM_KAFKA_TOPIC',
        `${name} has ${partitions} partitions, and so no partition ${partition}`,
      );
    }
    let group = groups.get(partition);
    if (!group) {
      group = { topic: name, partition, records: [] };
      groups.set(partition, group);
    }
    group.records.push(isOnWire(record) ? record : toWire(record));
  }
  return [...byTopic.values()].flatMap(({ groups }) => [...groups.values()]);
}

/** Nearly all are: they need no object of their own. */
const isOnWire = (record: OutRecord): record is OutRecord & WireRecord =>
  record.packed !== undefined || (record.key !== null && typeof record.value !== 'string');

const toWire = ({ topic, key, value, headers }: OutRecord): WireRecord => ({
  key: key ?? (topics[topic].compact ? keyForKeyless() : null),
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers,
});

/** Cuts records into batches that a broker takes. */
export function* inBatches(records: readonly WireRecord[]): Generator<readonly WireRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let i = 0; i < records.length; i++) {
    const size = recordSizeBound(records[i]!);
    if (i > from && bytes + size > batchBytes) {
      yield records.slice(from, i);
      from = i;
      bytes = 0;
    }
    bytes += size;
  }
  if (records.length > from) yield from === 0 ? records : records.slice(from);
}
