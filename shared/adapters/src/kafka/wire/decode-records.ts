import type { Span } from '@seamwatch/contracts/facts.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { ByteReader } from './byte-reader.ts';
import { decompress } from './compression.ts';
import { isKeyless } from './keyless.ts';

/** A transaction that was aborted: its producer's records from `firstOffset` to its marker do not count. */
export interface AbortedTransaction {
  producerId: number;
  firstOffset: number;
}

export interface DecodedRecords {
  records: LogRecord[];
  /** Offset after the last complete batch: markers, aborted and compacted records are passed too. */
  next: number;
}

const logAppendTime = 0x08;
const transactional = 0x10;
const control = 0x20;
const magic = 2;
const headerSize = 61;
const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/**
 * Decodes the record batches of one partition in a fetch response, from offset `from`; committed records only. `aborted` is
 * in the order of the transactions' ends, which says nothing about the order of their starts.
 */
export function decodeRecords(
  bytes: Buffer,
  from: number,
  aborted: readonly AbortedTransaction[],
): DecodedRecords {
  const records: LogRecord[] = [];
  const starts = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborting = new Set<number>();
  let next = from;
  const reader = new ByteReader(bytes);
  while (bytes.length - reader.at >= headerSize) {
    const baseOffset = reader.int64();
    const end = reader.int32() + reader.at;
    // The broker cuts at its size limit: the last batch may be incomplete, and comes again.
    if (end > bytes.length) break;
    reader.at += 4; // leader epoch
    if (reader.int8() !== magic) throw new Error('record batches older than Kafka 0.11 cannot be read');
    reader.at += 4; // checksum: TCP and the broker have checked it
    const attributes = reader.int16();
    const lastOffset = baseOffset + reader.int32();
    const baseTime = reader.int64();
    const maxTime = reader.int64();
    const producerId = reader.int64();
    reader.at += 6; // epoch, sequence
    const count = reader.int32();

    while (starts.length > 0 && starts[0]!.firstOffset <= lastOffset)
      aborting.add(starts.shift()!.producerId);
    if (attributes & control) {
      // Any marker ends its producer's transaction; a commit marker finds it not aborting.
      aborting.delete(producerId);
    } else if (!(attributes & transactional && aborting.has(producerId))) {
      const body =
        attributes & 7 ? new ByteReader(decompress(attributes, bytes.subarray(reader.at, end))) : reader;
      for (let i = 0; i < count; i++) {
        const record = decodeRecord(body, baseOffset, baseTime);
        if (attributes & logAppendTime) record.appendedMs = maxTime;
        if (record.offset >= from) records.push(record);
      }
    }
    reader.at = end;
    next = Math.max(next, lastOffset + 1);
  }
  return { records, next };
}

/**
 * A record in the memory of its answer. Stage A reads events where they stand: most keys and values are never asked for, and
 * to make them would cost more than to decode the rest.
 */
class FetchedRecord implements LogRecord, Span {
  offset = 0;
  appendedMs = 0;
  headers = noHeaders;
  readonly bytes: Buffer;
  /** Of the value; `to` < 0: null. */
  from = 0;
  to = -1;
  keyFrom = 0;
  /** < 0: null. */
  keyTo = -1;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get key(): string | null {
    if (this.keyTo < 0) return null;
    const text = this.bytes.toString('utf8', this.keyFrom, this.keyTo);
    return isKeyless(text) ? null : text;
  }

  get value(): Buffer | null {
    return this.to < 0 ? null : this.bytes.subarray(this.from, this.to);
  }

  get span(): Span | undefined {
    return this.to < 0 ? undefined : this;
  }
}

function decodeRecord(reader: ByteReader, baseOffset: number, baseTime: number): FetchedRecord {
  const record = new FetchedRecord(reader.buffer);
  const size = reader.varint();
  const end = reader.at + size;
  reader.at += 1; // attributes, unused
  record.appendedMs = baseTime + reader.varlong();
  record.offset = baseOffset + reader.varint();
  const keySize = reader.varint();
  record.keyFrom = reader.at;
  if (keySize >= 0) record.keyTo = reader.at += keySize;
  const valueSize = reader.varint();
  record.from = reader.at;
  if (valueSize >= 0) record.to = reader.at += valueSize;
  record.headers = decodeHeaders(reader);
  reader.at = end;
  return record;
}

/** Of several headers with one name, the last. */
function decodeHeaders(reader: ByteReader): Readonly<Record<string, string>> {
  const count = reader.varint();
  if (count <= 0) return noHeaders;
  const headers: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const name = reader.text(reader.varint());
    const size = reader.varint();
    headers.push([name, size < 0 ? '' : reader.text(size)]);
  }
  return Object.fromEntries(headers);
}
