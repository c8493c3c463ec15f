import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { type LogRecord, type Unit, UnitFenced } from '@seamwatch/core/ports/event-log.ts';
import { expect, onTestFinished, test } from 'vitest';
import { collect, idlePollMs, Participant, record, text, until, values } from '../contract/fixture.ts';
import { openSqliteEventLog, type SqliteEventLog } from './sqlite-event-log.ts';

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'log.sqlite');
}

function openLog(options: { file: string; partitions?: number }): SqliteEventLog {
  const log = openSqliteEventLog(options);
  onTestFinished(() => log.close());
  return log;
}

const spec = { group: 'journeys', topics: ['interactions', 'surveys'] } as const;

/** Records with offsets of their own, in batches of three. */
async function* feed(first: number, count: number): AsyncGenerator<LogRecord[]> {
  for (let i = first; i < first + count; i += 3) {
    yield Array.from({ length: Math.min(3, first + count - i) }, (_, j) => ({
      offset: i + j,
      appendedMs: 1_000 + i + j,
      key: `k${i + j}`,
      value: Buffer.from(String(i + j)),
      headers: {},
    }));
  }
}

/** Reads from the feed to its end, committing the position after each batch. */
function load(log: SqliteEventLog, records: AsyncIterable<LogRecord[]>, seen: (string | null)[]) {
  const run = async (unit: Unit) => {
    const positions = new Map<string, number>();
    await unit.restore('journeys', (r) => positions.set(r.key!, Number(text(r))));
    const signal = new AbortController().signal;
    for await (const batch of unit.batches({ positions, idlePollMs, signal })) {
      if (batch.source.topic !== 'interactions') continue;
      const last = batch.records.at(-1);
      if (!last) {
        if ((positions.get('interactions-0') ?? 0) >= batch.end) return;
        continue;
      }
      seen.push(...batch.records.map(text));
      positions.set('interactions-0', last.offset + 1);
      const state = record('journeys', 'interactions-0', String(last.offset + 1));
      await unit.commit([record('rollups', null, `${last.offset}`), state], positions);
    }
  };
  return log.participateWith(spec, run, new AbortController().signal, new Map([['interactions-0', records]]));
}

test('history from a feed goes into state and outputs, is not copied, and the log goes on behind it', async () => {
  const log = openLog({ file: file() });
  const seen: (string | null)[] = [];
  await load(log, feed(0, 8), seen);
  expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  expect(await values(log, 'rollups')).toEqual(['2', '5', '7']);
  expect((await log.offsets('interactions')).get('interactions-0')).toEqual({ first: 8, end: 8 });

  await log.append([record('interactions', 'live', 'first live event')]);
  const owner = new Participant(log, spec, 'journeys');
  await until(() => owner.owned[0]?.read.get('interactions-0')?.length === 1, 'the live event');
  expect(owner.owned[0]!.read.get('interactions-0')![0]).toMatchObject({ offset: 8, key: 'live' });
  await owner.stop();
});

test('a history load that was interrupted goes on behind its last commit', async () => {
  const log = openLog({ file: file() });
  const seen: (string | null)[] = [];
  async function* broken() {
    yield* feed(0, 6);
    throw new Error('disk gone');
  }
  await expect(load(log, broken(), seen)).rejects.toThrow('disk gone');
  await load(log, feed(0, 9), seen);
  expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8']);
});

test('a zombie, whose unit another member got while it was thought dead, is fenced', async () => {
  const path = file();
  const zombie = openLog({ file: path });
  const owner = new Participant(zombie, spec, 'journeys');
  await until(() => owner.running.length === 1, 'the first owner');
  const { unit } = owner.running[0]!;

  const other = new DatabaseSync(path);
  other.exec('DELETE FROM log_members; UPDATE log_units SET owner = NULL');
  other.close();
  const successor = new Participant(openLog({ file: path }), spec, 'journeys');
  await until(() => successor.running.length === 1, 'the second owner');

  await expect(unit.commit([record('alerts', 'a', 'zombie')], new Map())).rejects.toBeInstanceOf(UnitFenced);
  await successor.running[0]!.unit.commit([record('alerts', 'a', 'owner')], new Map());
  expect(await values(zombie, 'alerts')).toEqual(['owner']);
  await Promise.all([owner.stop(), successor.stop()]);
});

test('a compacted topic keeps the newest record per key, in order of writing', async () => {
  const log = openLog({ file: file() });
  await log.append([
    record('days', 'monday', '1'),
    record('days', 'tuesday', '2'),
    record('days', 'monday', '3'),
    record('commands', null, 'a'),
    record('commands', null, 'b'),
  ]);
  const days = await collect(await log.reader({ topics: ['days'], from: 'beginning' }), 2);
  expect(days.records.map((r) => [r.offset, text(r)])).toEqual([
    [1, '2'],
    [2, '3'],
  ]);
  const commands = await collect(await log.reader({ topics: ['commands'], from: 'beginning' }), 2);
  expect(commands.records.map(text)).toEqual(['a', 'b']);
});

test('trimming deletes what is older than the retention, and old tombstones', async () => {
  const path = file();
  const log = openLog({ file: path });
  await log.append([
    record('rates', 'a', 'old'),
    record('alerts', 'a', 'kept for 400 days'),
    record('state', 'k', 'x'),
    record('state', 'gone', null),
  ]);
  const db = new DatabaseSync(path);
  db.prepare('UPDATE log_records SET appended_ms = appended_ms - ?').run(4 * dayMs);
  db.close();
  await log.append([record('rates', 'a', 'new'), record('state', 'just gone', null)]);

  expect(await log.trim(Date.now())).toBe(2);
  expect(await values(log, 'rates')).toEqual(['new']);
  expect(await values(log, 'alerts')).toEqual(['kept for 400 days']);
  expect(await values(log, 'state')).toEqual(['x', null]);
  expect((await log.offsets('rates')).get('rates-0')).toMatchObject({ first: 1 });
});

test('a reader of a log whose records were all trimmed is at its end', async () => {
  const path = file();
  const log = openLog({ file: path });
  await log.append([record('rollups', 'a', '1'), record('rollups', 'a', '2')]);
  expect(await log.trim(Date.now() + 8 * dayMs)).toBe(2);
  const owner = new Participant(log, { group: 'segments', topics: ['rollups'] }, 'state');
  await until(() => (owner.owned[0]?.batches.length ?? 0) > 0, 'an empty batch');
  expect(owner.owned[0]!.batches[0]).toMatchObject({ records: [], end: 0 });
  await owner.stop();
});

test('a store of another version is refused', () => {
  const path = file();
  void openSqliteEventLog({ file: path }).close();
  const db = new DatabaseSync(path);
  db.exec("UPDATE log_meta SET value = 99 WHERE name = 'version'");
  db.close();
  expect(() => openSqliteEventLog({ file: path })).toThrow(
    expect.objectContaining({ code: 'SEAM_STORE_VERSION' }),
  );
});

test('the partition count is settled when the file is made', async () => {
  const path = file();
  const log = openLog({ file: path, partitions: 4 });
  expect(await log.partitions('surveys')).toBe(4);
  expect(await openLog({ file: path }).partitions('surveys')).toBe(4);
  expect(() => openSqliteEventLog({ file: path, partitions: 2 })).toThrow(
    expect.objectContaining({ code: 'SEAM_CONFIG' }),
  );
});
