import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { record, values } from '../contract/fixture.ts';
import { openSqliteEventLog } from './sqlite-event-log.ts';

const owner = join(import.meta.dirname, '../contract/committing-owner.ts');

test('a kill at any moment loses nothing that was acknowledged, and repeats nothing', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-crash-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log.sqlite');
  const log = openSqliteEventLog({ file });
  const total = 8_000;
  await log.append(Array.from({ length: total }, (_, i) => record('interactions', `k${i}`, String(i))));

  let acknowledged = 0;
  let kills = 0;
  // Each life gets further than the one before; the last runs to the end of the input.
  for (let life = 1; acknowledged < total; life++) {
    const child = spawn(process.execPath, [owner, JSON.stringify({ sqlite: file })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const killAfter = acknowledged + 700 * life;
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
      const lines = output.split('\n').slice(0, -1);
      acknowledged = Math.max(acknowledged, Number(lines.at(-1)?.split(' ')[1] ?? 0));
      if (acknowledged >= killAfter || acknowledged === total) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    kills++;

    // What is stored agrees with itself, and with what the dead process was told.
    const stored = (await log.groupPositions('journeys', ['interactions'])).get('interactions-0')!;
    const state = new Map<string | null, string>();
    const stop = new AbortController();
    await log.participate(
      { group: 'journeys', topics: ['interactions', 'surveys'] },
      async (unit) => {
        await unit.restore('journeys', (r) => state.set(r.key, Buffer.from(r.value!).toString()));
        stop.abort();
      },
      stop.signal,
    );
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    expect(Object.fromEntries(state)).toEqual({ position: String(stored), count: String(stored) });
    const { end } = (await log.offsets('rollups')).get('rollups-0')!;
    expect(end).toBe(stored);
  }
  expect(kills).toBeGreaterThan(3);
  expect(await values(log, 'rollups')).toEqual(Array.from({ length: total }, (_, i) => String(i)));
  await log.close();
});

test('two processes write at the same time, and neither is turned away', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-two-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'log.sqlite');
  const log = openSqliteEventLog({ file });
  const total = 2_000;
  const child = spawn(process.execPath, [owner, JSON.stringify({ sqlite: file })], { stdio: 'ignore' });
  for (let i = 0; i < total; i += 10) {
    await log.append(Array.from({ length: 10 }, (_, j) => record('interactions', null, String(i + j))));
  }
  const processed = async () =>
    (await log.groupPositions('journeys', ['interactions'])).get('interactions-0');
  await expect.poll(processed, { timeout: 30_000 }).toBe(total);
  child.kill('SIGTERM');
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
  expect(await values(log, 'rollups')).toEqual(Array.from({ length: total }, (_, i) => String(i)));
  await log.close();
});
