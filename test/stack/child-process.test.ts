import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runChild, startChild } from './child-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seamwatch-child-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'a child and its own children die, and its data goes, when the process that started it ends by %s',
  async (signal) => {
    const scratch = join(folder, 'scratch');
    await mkdir(scratch);
    const log = join(folder, 'pids');
    const module = JSON.stringify(new URL('child-process.ts', import.meta.url).pathname);
    const script = `
      const { startChild } = await import(${module});
      await startChild('sh', ['-c', 'echo $$; sleep 1000 & echo $!; wait'], ${JSON.stringify({ log, scratch })});
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'inherit' });
    const pids = async () => (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').map(Number);
    await expect.poll(pids, { timeout: 10_000 }).toHaveLength(2);
    const family = await pids();
    expect(family.map(exists)).toEqual([true, true]);
    parent.kill(signal);
    await once(parent, 'exit');
    await expect.poll(() => family.map(exists), { timeout: 10_000 }).toEqual([false, false]);
    await expect.poll(() => existsSync(scratch), { timeout: 10_000 }).toBe(false);
  },
  30_000,
);

test('the exit code of a child is known, and its output is in its log', async () => {
  const log = join(folder, 'log');
  const child = await startChild('sh', ['-c', 'echo out; echo err >&2; exit 3'], { log });
  expect(await child.ended).toBe(3);
  expect(child.running).toBe(false);
  expect(await readFile(log, 'utf8')).toBe('out\nerr\n');
});

test('a program that fails is reported with the end of its log', async () => {
  const log = join(folder, 'log');
  const run = runChild('sh', ['-c', 'echo the reason; exit 3'], { log });
  await expect(run).rejects.toThrow(/exit code 3.*\nthe reason/);
});

test('a program that is not installed is reported by its name', async () => {
  await expect(startChild('no-such-program', [], { log: join(folder, 'log') })).rejects.toThrow(
    /no-such-program/,
  );
});

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
