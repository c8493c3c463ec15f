import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import type { ProgressRecord } from '@seamwatch/contracts/records.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { EventLog, LogRecord, OutRecord, Unit } from '@seamwatch/core/ports/event-log.ts';
import type { FixtureEvent } from '@seamwatch/core/segments/events.fixture.ts';
import { recordOf } from '@seamwatch/core/segments/pipeline.fixture.ts';
import { expect, onTestFinished } from 'vitest';

/** An embedded log that goes with the test. */
export function openLog(partitions: number): EventLog {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-monitor-'));
  const log = openSqliteEventLog({ file: join(folder, 'seamwatch.sqlite'), partitions });
  onTestFinished(async () => {
    await log.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return log;
}

/** An event of a fixture as producers append it. */
export function produced({ topic, data }: Pick<FixtureEvent, 'topic' | 'data'>, i: number): OutRecord {
  return { topic, key: data.customerId ?? data.interactionId, value: recordOf({ data }, i, 0).value };
}

/** Everything that a topic holds, its partitions one after the other. */
export async function readAll(log: EventLog, topic: Topic): Promise<LogRecord[]> {
  const left = new Map(
    [...(await log.offsets(topic))]
      .filter(([, { first, end }]) => end > first)
      .map(([name, { end }]) => [name, end]),
  );
  const records = new Map([...left.keys()].map((name) => [name, [] as LogRecord[]]));
  const reader = await log.reader({ topics: [topic], from: 'beginning' });
  const late = AbortSignal.timeout(20_000);
  try {
    if (left.size > 0)
      for await (const { source, records: batch, end } of reader.batches({ idlePollMs: 50, signal: late })) {
        const name = `${source.topic}-${source.partition}`;
        records.get(name)?.push(...batch);
        if ((batch.at(-1)?.offset ?? -1) + 1 >= Math.min(end, left.get(name) ?? 0)) left.delete(name);
        if (left.size === 0) break;
      }
  } finally {
    await reader.close();
  }
  return [...records.values()].flat();
}

export const textOf = (record: LogRecord): string => Buffer.from(record.value ?? '').toString();

/** Follows `~progress` until it is as wanted. */
export async function progressUntil(
  log: EventLog,
  wanted: (progress: ProgressRecord) => boolean,
  timeoutMs = 25_000,
): Promise<ProgressRecord> {
  const reader = await log.reader({ topics: ['rates'], from: 'beginning' });
  let last: ProgressRecord | undefined;
  try {
    for await (const { records } of reader.batches({
      idlePollMs: 50,
      signal: AbortSignal.timeout(timeoutMs),
    })) {
      const newest = records.findLast((record) => record.key === '~progress');
      if (!newest) continue;
      last = JSON.parse(textOf(newest)) as ProgressRecord;
      if (wanted(last)) return last;
    }
  } finally {
    await reader.close();
  }
  throw new Error(`the last that was heard: ${JSON.stringify(last)}`);
}

/** Waits until stage A has taken everything that its sources hold now. */
export async function allTaken(log: EventLog, intervalMs = 50): Promise<void> {
  const ends = [...(await log.offsets('interactions')), ...(await log.offsets('surveys'))];
  const taken = async () => {
    const positions = await log.groupPositions('journeys', ['interactions', 'surveys']);
    return ends.every(([name, { end }]) => (positions.get(name) ?? 0) >= end);
  };
  await expect.poll(taken, { timeout: 60_000, interval: intervalMs }).toBe(true);
}

/** What a process dies of. */
export class Death extends Error {}

/** A log whose owners die when `dies` says so: before a commit, so that it is lost, or right after it. */
export function mortal(log: EventLog, dies: () => 'before' | 'after' | undefined): EventLog {
  const mortalUnit = (unit: Unit): Unit => ({
    name: unit.name,
    partition: unit.partition,
    sources: unit.sources,
    restore: (changelog, onRecord) => unit.restore(changelog, onRecord),
    batches: (options) => unit.batches(options),
    commit: async (records, positions) => {
      const death = dies();
      if (death === 'before') throw new Death();
      await unit.commit(records, positions);
      if (death === 'after') throw new Death();
    },
    close: () => unit.close(),
  });
  return {
    partitions: (topic) => log.partitions(topic),
    append: (records) => log.append(records),
    participate: (spec, run, signal) => log.participate(spec, (unit) => run(mortalUnit(unit)), signal),
    reader: (options) => log.reader(options),
    groupPositions: (group, topics) => log.groupPositions(group, topics),
    offsets: (topic) => log.offsets(topic),
    close: () => log.close(),
  };
}
