import type { ByteReader } from './byte-reader.ts';
import { ByteWriter, stringSize } from './byte-writer.ts';
import type { WireRequest } from './wire-request.ts';

/** How long a leader waits for its replicas, in ms. */
const replicasMs = 10_000;
const allReplicas = -1;

/** Produce (version 7) of one batch to one partition; answers with the partition's error code. */
export function produceRequest(
  topic: string,
  partition: number,
  batch: Buffer,
  transactionalId: string | null,
): WireRequest<number> {
  const size = stringSize(transactionalId) + 2 + 4 + 4 + stringSize(topic) + 4 + 4 + 4;
  const writer = new ByteWriter(size)
    .string(transactionalId)
    .int16(allReplicas)
    .int32(replicasMs)
    .int32(1)
    .string(topic)
    .int32(1)
    .int32(partition)
    .int32(batch.length);
  return { apiKey: 0, apiVersion: 7, apiName: 'Produce', body: [writer.buffer, batch], decode };
}

function decode(reader: ByteReader): number {
  reader.at += 4; // one topic
  reader.string();
  reader.at += 4; // one partition
  reader.at += 4;
  return reader.int16();
}
