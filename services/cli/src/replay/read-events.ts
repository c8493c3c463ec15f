import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Decoded, decodeEnvelope, decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { eventTimeMs, keyOf, topicOf } from '@seamwatch/contracts/events.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { Mapped, MappingModule, RowContext } from '../mapping.ts';
import { type Refused, tooLong } from './dead-letter.ts';
import { localTime } from './local-time.ts';
import { isBlank, isCut, type Line, readLines, withoutReturn } from './read-lines.ts';
import { type RawRow, readRows } from './read-rows.ts';

/** What a line or row stands for. */
export type Entry =
  | { kind: 'event'; timeMs: number; record: OutRecord }
  | { kind: 'skip' }
  | ({ kind: 'bad' } & Refused);

export interface ReadOptions {
  /** Absent: the file is NDJSON of CloudEvents. */
  mapping?: MappingModule | undefined;
  /** Hears how many bytes of the file (as stored) have been read. */
  onBytes?: (count: number) => void;
}

/** Entries of a file, or of standard input for `-`, in batches; `.gz` is unpacked. Throws `SEAM_CONFIG` for a file that cannot be read. */
export async function* readEntries(
  file: string,
  options: ReadOptions,
): AsyncGenerator<Entry[], void, undefined> {
  const lines = readLines(bytesOf(file, options.onBytes ?? (() => {})));
  const { mapping } = options;
  try {
    if (!mapping) {
      for await (const batch of lines) yield entriesOfLines(file, batch);
      return;
    }
    const { csv = {}, columns = [] } = mapping;
    for await (const batch of readRows(lines, { file, csv, columns })) {
      yield batch.flatMap((row) => entriesOfRow(file, row, mapping));
    }
  } catch (error) {
    throw ofFile(file, error);
  }
}

/** Lines of files, one file after the other, as `readEntries` reads them. */
export async function* linesOf(
  files: readonly string[],
  onBytes: (count: number) => void,
): AsyncGenerator<{ file: string; lines: Line[] }, void, undefined> {
  for (const file of files) {
    try {
      for await (const lines of readLines(bytesOf(file, onBytes))) yield { file, lines };
    } catch (error) {
      throw ofFile(file, error);
    }
  }
}

function bytesOf(file: string, onBytes: (count: number) => void): AsyncIterable<Buffer> {
  const stored = counted(
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 1024 * 1024 }),
    onBytes,
  );
  if (!file.endsWith('.gz')) return stored;
  const packed = Readable.from(stored);
  const plain = createGunzip();
  packed.on('error', (error) => plain.destroy(error));
  return packed.pipe(plain);
}

async function* counted(
  chunks: AsyncIterable<Buffer>,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/** Errors of the file system and of unpacking are the file's; others are ours. */
function ofFile(file: string, error: unknown): unknown {
  const is =
    error instanceof Error && 'code' in error && ('syscall' in error || String(error.code).startsWith('Z_'));
  if (!is) return error;
  return new SeamError('SEAM_CONFIG', `${file} cannot be read: ${error.message}`, { cause: error });
}

function entriesOfLines(file: string, lines: readonly Line[]): Entry[] {
  const entries: Entry[] = [];
  for (const line of lines) {
    if (isBlank(line.bytes)) continue;
    if (isCut(line)) entries.push({ kind: 'bad', ...tooLong(file, line) });
    else {
      const value = withoutReturn(line.bytes);
      entries.push(entryOf({ file, line: line.number, bytes: value }, decodeEvent(value), value));
    }
  }
  return entries;
}

function entriesOfRow(file: string, raw: RawRow, mapping: MappingModule): Entry[] {
  const place = { file, line: raw.line, bytes: raw.bytes };
  const bad = (found: string): Entry => ({ kind: 'bad', ...place, code: 'SEAM_REPLAY_ROW', path: '', found });
  if ('bad' in raw) return [bad(raw.bad)];
  const context: RowContext = {
    file: basename(file),
    line: raw.line,
    localTime: (text) => localTime(text, mapping.timeZone),
    event: (id, type, data) => ({
      specversion: '1.0',
      id,
      source: `/replay/${basename(file)}`,
      type,
      datacontenttype: 'application/json',
      data,
    }),
  };
  let mapped: readonly Mapped[];
  try {
    const result = mapping.default(raw.row, context);
    mapped = Array.isArray(result) ? result : [result as Mapped];
  } catch (error) {
    return [bad(error instanceof Error ? error.message : String(error))];
  }
  if (mapped.length === 0) return [{ kind: 'skip' }];
  return mapped.map((one): Entry => {
    if (one === 'skip') return { kind: 'skip' };
    if (typeof one !== 'object' || one === null) return bad(`the mapping gave ${String(one)}`);
    if ('bad' in one) return bad(one.bad);
    const decoded = decodeEnvelope(one);
    if (!decoded.ok) return entryOf(place, decoded, '');
    return entryOf(place, decoded, JSON.stringify({ time: toRfc3339(eventTimeMs(decoded.event)), ...one }));
  });
}

function entryOf(
  place: { file: string; line: number; bytes: Buffer },
  decoded: Decoded,
  value: OutRecord['value'],
): Entry {
  if (!decoded.ok) {
    const { code, path, found } = decoded;
    return { kind: 'bad', ...place, code, path, found };
  }
  const { event } = decoded;
  const record = { topic: topicOf(event.type), key: keyOf(event), value };
  return { kind: 'event', timeMs: eventTimeMs(event), record };
}
