import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteEventLog, type SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { answeredSurvey, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { defaultPolicy } from '@seamwatch/contracts/policy.ts';
import { decodeRollup } from '@seamwatch/core/journeys/rollup.ts';
import { runJourneys } from '@seamwatch/monitor/monitor.ts';
import { expect, it, onTestFinished } from 'vitest';
import { closed, contents, temporaryFolder } from '../testing/store.ts';
import { replayState, type StateReplayOptions } from './replay-state.ts';

const hashKey = new Uint8Array(16).fill(3);

function emptyStore(): SqliteEventLog {
  const log = openSqliteEventLog({ file: join(temporaryFolder(), 'seamwatch.sqlite') });
  onTestFinished(() => log.close());
  return log;
}

function file(lines: readonly unknown[]): string {
  const path = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
}

const replay = (log: SqliteEventLog, files: string[], options: Partial<StateReplayOptions> = {}) =>
  replayState({ files, log, policy: defaultPolicy(), hashKey, ...options });

/** Counts by partition's cell, minute and counter, over all rollups. */
async function counted(log: SqliteEventLog): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const { value } of await contents(log, 'rollups')) {
    for (const { cell, minute, counts } of decodeRollup(value!).groups) {
      for (let i = 0; i < counts.length; i += 2) {
        const key = `${cell} ${minute} ${counts[i]}`;
        sums.set(key, (sums.get(key) ?? 0) + counts[i + 1]!);
      }
    }
  }
  return sums;
}

const day = (n: number) => new Date(Date.UTC(2026, 2, 1 + n, 10)).toISOString();
const history = Array.from({ length: 40 }, (_, i) => [
  closed(`i-${i}`, day(i), { customerId: `c-${i % 7}` }),
  cloudEvent(
    `s-${i}/answered`,
    'survey.answered',
    answeredSurvey(`s-${i}`, `i-${i}`, day(i), { score: 1 + (i % 5) }),
  ),
]).flat();

it('counts what a replay of the same events through the log counts, and keeps none of them', async () => {
  const log = emptyStore();
  const summary = await replay(log, [file(history)]);
  expect(summary).toEqual({ read: 80, deadLettered: {} });
  expect(await contents(log, 'interactions', 'surveys')).toEqual([]);

  const other = emptyStore();
  for (const event of history) {
    const topic = event.type.startsWith('seam.survey') ? 'surveys' : 'interactions';
    await other.append([{ topic, key: 'k', value: JSON.stringify(event) }]);
  }
  const stop = new AbortController();
  let taken = 0;
  const onCommit = ({ records }: { records: number }) => {
    taken += records;
    if (taken === 80) stop.abort();
  };
  await runJourneys({ log: other, policy: defaultPolicy(), hashKey, signal: stop.signal, onCommit });
  const sums = await counted(log);
  expect(sums.size).toBeGreaterThan(80);
  expect(await counted(other)).toEqual(sums);
});

it('goes on behind the history: the next event has the offset after it', async () => {
  const log = emptyStore();
  await replay(log, [file(history)]);
  await log.append([{ topic: 'interactions', key: 'k', value: '{}' }]);
  expect((await contents(log, 'interactions')).map(({ offset }) => offset)).toEqual([40]);
});

it('makes dead letters of what is no event, and takes changes into the log', async () => {
  const log = emptyStore();
  const change = cloudEvent('ch-1', 'change.recorded', {
    changeId: 'ch-1',
    at: day(1),
    kind: 'prompt',
    title: 'New prompt',
  });
  const tooLong = `{"a":"${'x'.repeat(2_000_000)}"}`;
  const summary = await replay(log, [
    file([...history, change, '', '{"half', tooLong, { specversion: '1.0' }]),
  ]);
  expect(summary).toEqual({
    read: 84,
    deadLettered: { SEAM_NOT_JSON: 1, SEAM_NOT_CLOUDEVENT: 1, SEAM_EVENT_TOO_LARGE: 1 },
  });
  expect((await contents(log, 'changes')).map(({ text }) => JSON.parse(text))).toEqual([change]);
});

it('refuses a store that has taken events', async () => {
  const log = emptyStore();
  await log.append([{ topic: 'interactions', key: 'k', value: '{}' }]);
  await expect(replay(log, [file(history)])).rejects.toMatchObject({ code: 'SEAM_REPLAY_STATE' });
});

it('says which file cannot be read', async () => {
  await expect(replay(emptyStore(), ['/nowhere/events.ndjson'])).rejects.toMatchObject({
    code: 'SEAM_CONFIG',
    message: expect.stringContaining('/nowhere/events.ndjson'),
  });
});

it('refuses files that are far from the order of time, rather than to hold them in memory', async () => {
  const sorted = history.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const replaying = replay(emptyStore(), [file(sorted)], { memoryBytes: 10_000 });
  await expect(replaying).rejects.toMatchObject({ code: 'SEAM_REPLAY_STATE' });
});
