import { basename } from 'node:path';
import { maxEventBytes } from '@seamwatch/contracts/cloudevents.ts';
import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { DeadLetterHeaders } from '@seamwatch/contracts/records.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { type Line, withoutReturn } from './read-lines.ts';

/** Kafka takes no record over 1 MB; a dead letter keeps this much of a longer one. */
const maxKeptBytes = 512 * 1024;

/** A line or row of a file that became no event. */
export interface Refused {
  file: string;
  /** Line on which it begins, from 1. */
  line: number;
  /** The original bytes, without the line end. */
  bytes: Buffer;
  code: ErrorCode;
  /** Path in the event, where it is one. */
  path: string;
  found: string;
}

/** A line that was cut, since no event is that long. */
export const tooLong = (file: string, { number, bytes, length }: Line): Refused => ({
  file,
  line: number,
  bytes: withoutReturn(bytes),
  code: 'SEAM_EVENT_TOO_LARGE',
  path: '',
  found: `${length} bytes, where at most ${maxEventBytes} are right`,
});

/** Keyed by file and line, so that the same file replayed again leaves the same dead letters, once. */
export function deadLetterOf({ file, line, bytes, code, path, found }: Refused): OutRecord {
  const cut = bytes.length > maxKeptBytes;
  const source = `file:${basename(file)}`;
  const headers: DeadLetterHeaders = {
    'seam-code': code,
    'seam-path': path,
    'seam-found': cut ? `${found}; the first ${maxKeptBytes} bytes are kept` : found,
    'seam-source': source,
    'seam-offset': String(line),
  };
  return {
    topic: 'dead-letters',
    key: `${source}-${line}`,
    value: cut ? bytes.subarray(0, maxKeptBytes) : bytes,
    headers: { ...headers },
  };
}
