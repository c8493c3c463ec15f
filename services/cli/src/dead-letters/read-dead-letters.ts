import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { readToEnd } from '../targets/read-to-end.ts';

/** A record that was refused: where it came from, why, and its bytes. */
export interface DeadLetter {
  key: string;
  appendedMs: number;
  code: string;
  path: string;
  found: string;
  /** Topic and partition, `http`, or `file:` with the name of the file. */
  source: string;
  /** Offset, or line of the file. */
  offset: string;
  value: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

export interface DeadLetterFilter {
  code?: string | undefined;
  source?: string | undefined;
}

/** The dead letters that are open, oldest first: of each key the newest, unless it was taken back. */
export async function readDeadLetters(log: EventLog, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  const letters = new Map<string, DeadLetter>();
  await readToEnd(log, ['dead-letters'], ({ key, value, headers, appendedMs }) => {
    if (key === null) return;
    letters.delete(key);
    if (value === null) return;
    const { 'seam-code': code = '', 'seam-source': source = '', 'seam-path': path = '' } = headers;
    if (filter.code !== undefined && filter.code !== code) return;
    if (filter.source !== undefined && filter.source !== source) return;
    const { 'seam-found': found = '', 'seam-offset': offset = '' } = headers;
    letters.set(key, { key, appendedMs, code, path, found, source, offset, value, headers });
  });
  return [...letters.values()];
}
