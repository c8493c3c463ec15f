/**
 * A process for tests to kill: takes part in the group `journeys`, copies each record of `interactions` to `rollups`, and
 * counts it in the changelog, a few records per commit. Prints `unit position` after each commit was acknowledged.
 *
 *   node committing-owner.ts '{"sqlite":"FILE"}' | '{"kafka":{…options of openKafkaEventLog…}}' [records per commit]
 */
import { writeSync } from 'node:fs';
import { type EventLog, type OutRecord, sourceName, type Unit } from '@seamwatch/core/ports/event-log.ts';
import { type KafkaLogOptions, openKafkaEventLog } from '../kafka/kafka-event-log.ts';
import { openSqliteEventLog } from '../sqlite/sqlite-event-log.ts';

const recordsPerCommit = Number(process.argv[3] ?? 7);

async function open(target: { sqlite: string } | { kafka: KafkaLogOptions }): Promise<EventLog> {
  return 'sqlite' in target ? openSqliteEventLog({ file: target.sqlite }) : openKafkaEventLog(target.kafka);
}

async function run(unit: Unit): Promise<void> {
  const source = `interactions-${unit.partition}`;
  let position = 0;
  let count = 0;
  await unit.restore('journeys', (record) => {
    const value = Number(Buffer.from(record.value ?? []).toString());
    if (record.key === 'position') position = value;
    if (record.key === 'count') count = value;
  });
  const positions = new Map([[source, position]]);
  const signal = new AbortController().signal;
  for await (const batch of unit.batches({ positions, idlePollMs: 100, signal })) {
    if (sourceName(batch.source) !== source) continue;
    for (let i = 0; i < batch.records.length; i += recordsPerCommit) {
      const records = batch.records.slice(i, i + recordsPerCommit);
      position = records.at(-1)!.offset + 1;
      count += records.length;
      const state = (key: string, value: number): OutRecord => ({
        topic: 'journeys',
        partition: unit.partition,
        key,
        value: String(value),
      });
      await unit.commit(
        [
          ...records.map((r): OutRecord => ({ topic: 'rollups', key: source, value: r.value })),
          state('position', position),
          state('count', count),
        ],
        new Map([[source, position]]),
      );
      // Synchronous, so that what was printed before a kill was printed whole.
      writeSync(1, `${unit.partition} ${position}\n`);
    }
  }
}

const log = await open(JSON.parse(process.argv[2]!));
const spec = { group: 'journeys', topics: ['interactions', 'surveys'] } as const;
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
await log.participate(spec, run, stop.signal);
await log.close();
