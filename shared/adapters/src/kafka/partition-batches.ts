import { topics } from '@seamwatch/contracts/topics.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { recordSizeBound, type WireRecord } from './wire/encode-records.ts';
import { keyForKeyless } from './wire/keyless.ts';

/** Below the broker's default `max.message.bytes` of 1 MiB + 12. */
const batchBytes = 950_000;

/** Records for one topic-partition, cut into batches that a broker takes. */
export interface PartitionRecords {
  topic: string;
  partition: number;
  batches: WireRecord[][];
}

/** Groups records by topic-partition, in order. `place` gives the full topic name and the partition. */
export function partitionBatches(
  records: readonly OutRecord[],
  place: (record: OutRecord) => { topic: string; partition: number },
): PartitionRecords[] {
  const groups = new Map<string, PartitionRecords & { bytes: number }>();
  for (const record of records) {
    const { topic, partition } = place(record);
    const name = `${topic}/${partition}`;
    let group = groups.get(name);
    if (!group) {
      group = { topic, partition, batches: [[]], bytes: 0 };
      groups.set(name, group);
    }
    const wire: WireRecord = {
      key: record.key ?? (topics[record.topic].compact ? keyForKeyless() : null),
      value: typeof record.value === 'string' ? Buffer.from(record.value) : record.value,
      headers: record.headers,
    };
    const size = recordSizeBound(wire);
    if (group.bytes + size > batchBytes && group.bytes > 0) {
      group.batches.push([]);
      group.bytes = 0;
    }
    group.bytes += size;
    group.batches.at(-1)!.push(wire);
  }
  return [...groups.values()];
}
