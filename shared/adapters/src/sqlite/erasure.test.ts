import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { expect, onTestFinished, test } from 'vitest';
import { openSqliteEventLog } from './sqlite-event-log.ts';

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-erasure-'));
  const file = join(folder, 'log.sqlite');
  const log = openSqliteEventLog({ file });
  onTestFinished(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { log, file };
}

const secret = Buffer.from('"customer-4711"');
/** Larger than a page, so that deleting frees whole pages, which keep their bytes. */
const large = (name: string) => `{"customerId":"${name}","pad":"${'x'.repeat(20_000)}"}`;

test('records that are erased leave no byte of theirs, and others stay', async () => {
  const { log, file } = open();
  const names = ['somebody', 'customer-4711', 'somebody', 'customer-4711', 'somebody'];
  await log.append(
    names.map((name) => ({ topic: 'interactions', partition: 0, key: null, value: large(name) })),
  );
  expect(await log.countBytes([secret])).toBeGreaterThanOrEqual(2);
  await log.erase([1, 3].map((offset) => ({ topic: 'interactions', partition: 0, offset })));
  expect(await log.purge([secret])).toBe(0);
  expect(readFileSync(file).includes(secret)).toBe(false);
  expect(await log.countBytes([Buffer.from('"somebody"')])).toBe(3);
  expect(await log.offsets('interactions')).toEqual(new Map([['interactions-0', { first: 0, end: 5 }]]));
});

test('bytes of records that retention has deleted are purged too', async () => {
  const { log } = open();
  const record = { topic: 'interactions', partition: 0, key: null, value: large('customer-4711') } as const;
  await log.append(Array.from({ length: 50 }, () => record));
  expect(await log.trim(Date.now() + 31 * dayMs)).toBe(50);
  expect(await log.countBytes([secret])).toBeGreaterThan(0);
  expect(await log.purge([secret])).toBe(0);
});

test('bytes are counted once each, across the borders of what is read at once', async () => {
  const { log, file } = open();
  const value = 'marker'.repeat(500);
  const record = { topic: 'interactions', partition: 0, key: null, value } as const;
  await log.append(Array.from({ length: 4_000 }, () => record));
  await log.purge([Buffer.from('nothing of that kind')]);
  expect(statSync(file).size).toBeGreaterThan(10_000_000);
  expect(await log.countBytes([Buffer.from('marker')])).toBe(4_000 * 500);
});
