import type { PackedRecord } from '@seamwatch/core/ports/event-log.ts';
import { ByteWriter, textSize, varintSize } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';

/** A record to produce, with its key, value and headers as bytes where their size must be known. */
export interface WireRecord {
  key: string | null;
  value: Uint8Array | null;
  headers?: Readonly<Record<string, string>> | undefined;
  /** The same key and value as bytes, where they stand so. */
  readonly packed?: PackedRecord | undefined;
}

export interface ProducerIdentity {
  producerId: number;
  epoch: number;
}

const headerSize = 61;
const transactionalBit = 0x10;
/** Attributes, timestamp delta, offset delta, lengths and header count of one record, at most. */
const recordOverhead = 24;

/** Upper bound of a record's encoded size in bytes. */
export function recordSizeBound(record: WireRecord): number {
  const { packed } = record;
  if (packed) return recordOverhead + Math.max(packed.from, packed.to) - packed.keyFrom;
  const { key, value, headers } = record;
  let size = recordOverhead + (key === null ? 0 : key.length * 3) + (value?.length ?? 0);
  if (headers) for (const name in headers) size += 10 + name.length * 3 + headers[name]!.length * 3;
  return size;
}

/** Encodes a record batch (magic 2, uncompressed). `sequence` is that of its first record in the partition. */
export function encodeRecords(
  records: readonly WireRecord[],
  options: ProducerIdentity & { sequence: number; transactional: boolean; nowMs: number },
): Buffer {
  let bound = headerSize;
  for (const record of records) bound += recordSizeBound(record);
  const writer = new ByteWriter(bound);
  writer.at = headerSize;
  for (let i = 0; i < records.length; i++) {
    const record = records[i]!;
    if (record.packed) writePacked(writer, record.packed, i);
    else writeRecord(writer, record, i);
  }
  const end = writer.at;

  writer.at = 0;
  writer
    .int64(0)
    .int32(end - 12)
    .int32(-1) // leader epoch: the broker's to fill in
    .int8(2);
  const checksumAt = writer.at;
  writer.at += 4;
  writer
    .int16(options.transactional ? transactionalBit : 0)
    .int32(records.length - 1)
    .int64(options.nowMs)
    .int64(options.nowMs)
    .int64(options.producerId)
    .int16(options.epoch)
    .int32(options.sequence)
    .int32(records.length);
  writer.buffer.writeUInt32BE(crc32c(writer.buffer, checksumAt + 4, end), checksumAt);
  return writer.buffer.subarray(0, end);
}

function writePacked(
  writer: ByteWriter,
  { bytes, keyFrom, from, to }: PackedRecord,
  offsetDelta: number,
): void {
  const keySize = from - keyFrom;
  const valueSize = to < 0 ? -1 : to - from;
  const size = sizeOf(offsetDelta, keySize, valueSize, noHeaders.length);
  writer.varint(size).int8(0).varint(0).varint(offsetDelta).varint(keySize);
  writer.part(bytes, keyFrom, from).varint(valueSize);
  if (valueSize > 0) writer.part(bytes, from, to);
  writer.bytes(noHeaders);
}

function writeRecord(writer: ByteWriter, { key, value, headers }: WireRecord, offsetDelta: number): void {
  const keySize = key === null ? -1 : textSize(key);
  const valueSize = value === null ? -1 : value.length;
  const encodedHeaders = headers ? encodeHeaders(headers) : noHeaders;
  const size = sizeOf(offsetDelta, keySize, valueSize, encodedHeaders.length);
  writer.varint(size).int8(0).varint(0).varint(offsetDelta).varint(keySize);
  if (key !== null) writer.text(key, keySize);
  writer.varint(valueSize);
  if (value !== null) writer.bytes(value);
  writer.bytes(encodedHeaders);
}

/** Bytes of a record behind its size; sizes < 0: null. */
const sizeOf = (offsetDelta: number, keySize: number, valueSize: number, headersSize: number): number =>
  2 + // attributes and timestamp delta
  varintSize(offsetDelta) +
  varintSize(keySize) +
  Math.max(0, keySize) +
  varintSize(valueSize) +
  Math.max(0, valueSize) +
  headersSize;

/** The count of headers, none. */
const noHeaders = Uint8Array.of(0);

function encodeHeaders(headers: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(headers).map(
    ([name, text]) => [Buffer.from(name), Buffer.from(text)] as const,
  );
  const writer = new ByteWriter(
    entries.reduce((sum, [name, text]) => sum + 10 + name.length + text.length, 5),
  );
  writer.varint(entries.length);
  for (const [name, text] of entries) {
    writer.varint(name.length).bytes(name).varint(text.length).bytes(text);
  }
  return writer.buffer.subarray(0, writer.at);
}
