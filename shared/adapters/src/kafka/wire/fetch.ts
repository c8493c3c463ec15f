import type { ByteReader } from './byte-reader.ts';
import { ByteWriter, stringSize } from './byte-writer.ts';
import type { AbortedTransaction } from './decode-records.ts';
import type { WireRequest } from './wire-request.ts';

export interface FetchPartition {
  topic: string;
  partition: number;
  offset: number;
}

export interface FetchedPartition {
  topic: string;
  partition: number;
  errorCode: number;
  /** Offset up to which records are committed and no transaction is open. */
  lastStableOffset: number;
  /** First offset that the log keeps, −1 where unknown. */
  logStartOffset: number;
  aborted: AbortedTransaction[];
  records: Buffer;
}

const readCommitted = 1;
const none = Buffer.alloc(0);

/** Fetch (version 11), read-committed, without a fetch session. */
export function fetchRequest(
  partitions: readonly FetchPartition[],
  options: { maxWaitMs: number; maxBytes: number; maxPartitionBytes: number },
): WireRequest<FetchedPartition[]> {
  const size = partitions.reduce((sum, { topic }) => sum + stringSize(topic) + 4 + 28, 35);
  const writer = new ByteWriter(size)
    .int32(-1) // no replica
    .int32(options.maxWaitMs)
    .int32(1) // answer as soon as there is a byte
    .int32(options.maxBytes)
    .int8(readCommitted)
    .int32(0) // no session
    .int32(-1)
    .int32(partitions.length);
  for (const { topic, partition, offset } of partitions) {
    writer
      .string(topic)
      .int32(1)
      .int32(partition)
      .int32(-1) // leader epoch unknown
      .int64(offset)
      .int64(-1)
      .int32(options.maxPartitionBytes);
  }
  writer.int32(0).string('');
  return {
    apiKey: 1,
    apiVersion: 11,
    apiName: 'Fetch',
    body: [writer.buffer.subarray(0, writer.at)],
    decode,
    waitMs: options.maxWaitMs,
  };
}

function decode(reader: ByteReader): FetchedPartition[] {
  reader.at += 4; // throttle time
  const errorCode = reader.int16();
  reader.at += 4; // session
  const fetched: FetchedPartition[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.string();
    for (let count = reader.int32(); count > 0; count--) {
      const partition = reader.int32();
      const partitionError = reader.int16();
      reader.at += 8; // high watermark
      const lastStableOffset = reader.int64();
      const logStartOffset = reader.int64();
      const aborted: AbortedTransaction[] = [];
      for (let n = reader.int32(); n > 0; n--) {
        aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() });
      }
      reader.at += 4; // preferred read replica: only with a rack
      const length = reader.int32();
      const records = length > 0 ? reader.bytes(length) : none;
      fetched.push({
        topic,
        partition,
        errorCode: errorCode || partitionError,
        lastStableOffset,
        logStartOffset,
        aborted,
        records,
      });
    }
  }
  return fetched;
}
