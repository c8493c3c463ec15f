import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';

/** A path below the user's cache directory, where servers are kept between test runs. */
export function cachePath(...parts: string[]): string {
  const root = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(root, 'seamwatch', ...parts);
}

/**
 * Makes a file or directory unless it is there already. It appears only when complete, and of parallel
 * callers one makes it while the others wait.
 */
export async function makeOnce(path: string, make: (partial: string) => Promise<void>): Promise<string> {
  if (existsSync(path)) return path;
  await mkdir(dirname(path), { recursive: true });
  await withLock(`${path}.lock`, async () => {
    if (existsSync(path)) return;
    const partial = `${path}.partial`;
    await rm(partial, { recursive: true, force: true });
    await make(partial);
    await rename(partial, path);
  });
  return path;
}

/** Does work that no other process on this machine does at the same time. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  // SQLite's lock is the operating system's, so that of a process that has died does not stay.
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    while (!tryLock(lock)) await delay(200);
    return await work();
  } finally {
    lock.close();
  }
}

function tryLock(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /database is locked/.test(error.message)) return false;
    throw error;
  }
}
