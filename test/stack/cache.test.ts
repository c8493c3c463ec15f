import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeOnce } from './cache.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seamwatch-cache-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('of parallel callers one makes the file, and the others get it complete', async () => {
  const path = join(folder, 'made');
  let made = 0;
  const make = async (partial: string) => {
    made += 1;
    await writeFile(partial, 'half');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(path)).toBe(false);
    await writeFile(partial, 'whole');
  };
  const paths = await Promise.all([makeOnce(path, make), makeOnce(path, make), makeOnce(path, make)]);
  expect(paths).toEqual([path, path, path]);
  expect(made).toBe(1);
  expect(await readFile(path, 'utf8')).toBe('whole');
});

test('what failed half-way is not taken for complete, and is made anew by the next caller', async () => {
  const path = join(folder, 'made');
  const failing = makeOnce(path, async (partial) => {
    await writeFile(partial, 'half');
    throw new Error('no more disk');
  });
  await expect(failing).rejects.toThrow('no more disk');
  expect(existsSync(path)).toBe(false);
  await makeOnce(path, (partial) => writeFile(partial, 'whole'));
  expect(await readFile(path, 'utf8')).toBe('whole');
});
