import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Source } from '@seamwatch/core/ports/event-log.ts';
import type { SqliteStore } from './store.ts';

export type RecordPlace = Source & { offset: number };

const chunkBytes = 8 * 1024 * 1024;
const checkpointPatienceMs = 15_000;

/** Deletes records; their bytes are overwritten in the pages where they were. */
export function eraseRecords(store: SqliteStore, places: readonly RecordPlace[]): void {
  store.db.exec('PRAGMA secure_delete = ON');
  const remove = store.db.prepare('DELETE FROM log_records WHERE id = ?');
  store.transact(() => {
    for (const { topic, partition, offset } of places)
      remove.run(store.source(topic, partition).base + offset);
  });
}

/**
 * Sees to it that none of these bytes is left in the file or its write-ahead log: SQLite keeps copies in free pages, and in pages
 * that were split. Only where some are found is the file rewritten (VACUUM), for as long as that takes no one else can write.
 * Resolves to what is left, which is nothing unless somebody writes them anew. Throws `SEAM_STORE_BUSY`.
 */
export async function purgeBytes(store: SqliteStore, needles: readonly Uint8Array[]): Promise<number> {
  await checkpoint(store);
  if (countBytes(store, needles) === 0) return 0;
  store.db.exec('VACUUM');
  await checkpoint(store);
  return countBytes(store, needles);
}

/** How often the file and its write-ahead log hold any of these bytes, in use or not. */
export function countBytes(store: SqliteStore, needles: readonly Uint8Array[]): number {
  return [store.file, `${store.file}-wal`]
    .filter((file) => existsSync(file))
    .reduce((sum, file) => sum + countInFile(file, needles), 0);
}

function countInFile(file: string, needles: readonly Uint8Array[]): number {
  const overlap = Math.max(0, ...needles.map((needle) => needle.length - 1));
  const buffer = Buffer.alloc(overlap + chunkBytes);
  const descriptor = openSync(file, 'r');
  let found = 0;
  try {
    let kept = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, kept, chunkBytes, null);
      if (read === 0) return found;
      const bytes = buffer.subarray(0, kept + read);
      for (const needle of needles) {
        // What ends in the part kept from before has been counted.
        const first = Math.max(0, kept - needle.length + 1);
        for (let at = bytes.indexOf(needle, first); at >= 0; at = bytes.indexOf(needle, at + 1)) found++;
      }
      kept = Math.min(overlap, bytes.length);
      bytes.copy(buffer, 0, bytes.length - kept);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Moves the write-ahead log into the file and empties it, as soon as no reader needs it. */
async function checkpoint(store: SqliteStore): Promise<void> {
  const deadline = performance.now() + checkpointPatienceMs;
  while (store.db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0) {
    if (performance.now() > deadline) {
      throw new SeamError('SEAM_STORE_BUSY', `${store.file} is being read without a pause: try again later`);
    }
    await sleep(50);
  }
}
