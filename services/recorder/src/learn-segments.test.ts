import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import type { Batch, EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, onTestFinished, test } from 'vitest';
import { Strangers } from './learn-segments.ts';
import { RecordsToPoints } from './records-to-points.ts';

function openLog(): EventLog {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-recorder-'));
  const log = openSqliteEventLog({ file: join(folder, 'seamwatch.sqlite') });
  onTestFinished(async () => {
    await log.close();
    rmSync(folder, { recursive: true });
  });
  return log;
}

const day = { kind: 'day', segment: 'a', day: '2026-03-01', start: '2026-03-01T00:00:00Z', evidence: [] };
const point = { measure: 'csat', value: 4, lower: 3, upper: 5, n: 40 };
const value = Buffer.from(JSON.stringify({ ...day, points: [point] }));
const days: Batch = {
  source: { topic: 'days', partition: 0 },
  records: [{ offset: 0, appendedMs: 0, key: 'a|2026-03-01', value, headers: {} }],
  end: 1,
};

test('a day that is read before the description of its segment waits for it, so that its point has the attributes', async () => {
  const log = openLog();
  const converter = new RecordsToPoints();
  const meeting = new Strangers(log, converter).meet(days, AbortSignal.timeout(20_000));
  const segments = [{ id: 'a', title: 'A', where: {}, path: 'ai' }];
  await log.append([
    { topic: 'rates', key: '~segments', value: JSON.stringify({ kind: 'segments', segments }) },
  ]);
  await meeting;
  const { daily } = converter.convert('days', days.records[0]!);
  expect(daily.map(({ tags }) => tags)).toMatchObject([{ segment: 'a', path: 'ai' }]);
});

test('a segment that is described nowhere holds nothing up for long, and only once', {
  timeout: 20_000,
}, async () => {
  const strangers = new Strangers(openLog(), new RecordsToPoints());
  await strangers.meet(days, AbortSignal.timeout(20_000));
  const again = performance.now();
  await strangers.meet(days, AbortSignal.timeout(20_000));
  expect(performance.now() - again).toBeLessThan(100);
});
