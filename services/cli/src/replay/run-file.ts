import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { topicNames } from '@seamwatch/contracts/topics.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';

export interface Timed {
  /** Finite. */
  timeMs: number;
  record: OutRecord;
}

/*
 * A record in a run:  | length u32 | time f64 | topic u8 | head length u32 | head JSON [key, headers] | value |
 * where `length` counts what follows it.
 */
const fixedBytes = 8 + 1 + 4;
const chunkBytes = 1024 * 1024;

/** Writes records to a new file, in the order given. */
export function writeRun(file: string, records: Iterable<Timed>): void {
  const fd = openSync(file, 'wx');
  try {
    let parts: Buffer[] = [];
    let bytes = 0;
    const flush = () => {
      const chunk = Buffer.concat(parts, bytes);
      for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
      parts = [];
      bytes = 0;
    };
    for (const timed of records) {
      const encoded = encode(timed);
      parts.push(...encoded);
      for (const part of encoded) bytes += part.length;
      if (bytes >= chunkBytes) flush();
    }
    flush();
  } finally {
    closeSync(fd);
  }
}

function encode({ timeMs, record }: Timed): Buffer[] {
  const { topic, key, headers, value } = record;
  const head = Buffer.from(JSON.stringify([key, headers ?? null]));
  const body = value === null ? Buffer.alloc(0) : Buffer.from(value as Uint8Array);
  const fixed = Buffer.allocUnsafe(4 + fixedBytes);
  fixed.writeUInt32LE(fixedBytes + head.length + body.length, 0);
  fixed.writeDoubleLE(timeMs, 4);
  fixed.writeUInt8(topicNames.indexOf(topic), 12);
  fixed.writeUInt32LE(head.length, 13);
  return [fixed, head, body];
}

/** Reads a run from its beginning; holds about a megabyte of it. */
export class RunReader {
  readonly #file: string;
  #held = Buffer.alloc(0);
  #at = 0;

  constructor(file: string) {
    this.#file = file;
  }

  *read(): Generator<Timed, void, undefined> {
    const fd = openSync(this.#file, 'r');
    try {
      while (this.#fill(fd, 4)) {
        const length = this.#held.readUInt32LE(this.#at);
        if (!this.#fill(fd, 4 + length)) throw new Error(`${this.#file} ends in the middle of a record`);
        yield decode(this.#held.subarray(this.#at + 4, this.#at + 4 + length));
        this.#at += 4 + length;
      }
    } finally {
      closeSync(fd);
    }
  }

  /** Makes `wanted` bytes available; false at the end of the file. */
  #fill(fd: number, wanted: number): boolean {
    if (this.#held.length - this.#at >= wanted) return true;
    const rest = this.#held.subarray(this.#at);
    // A new buffer, because records that were given out are views of the old one.
    const next = Buffer.allocUnsafe(Math.max(chunkBytes, wanted));
    rest.copy(next);
    let filled = rest.length;
    while (filled < wanted) {
      const read = readSync(fd, next, filled, next.length - filled, null);
      if (read === 0) break;
      filled += read;
    }
    this.#held = next.subarray(0, filled);
    this.#at = 0;
    return filled >= wanted;
  }
}

function decode(bytes: Buffer): Timed {
  const headEnd = fixedBytes + bytes.readUInt32LE(9);
  const [key, headers] = JSON.parse(bytes.toString('utf8', fixedBytes, headEnd)) as [
    string | null,
    Record<string, string> | null,
  ];
  const record: OutRecord = { topic: topicNames[bytes.readUInt8(8)]!, key, value: bytes.subarray(headEnd) };
  return { timeMs: bytes.readDoubleLE(0), record: headers ? { ...record, headers } : record };
}
