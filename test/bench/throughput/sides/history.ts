import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { historyPace } from '@seamwatch/monitor/commit-pace.ts';
import { journeysStage } from '@seamwatch/monitor/journeys-stage.ts';
import { journeysSpec } from '@seamwatch/monitor/monitor.ts';
import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';
import { linesOf } from './lines.ts';

const surveyType = Buffer.from('"type":"seam.survey.');
/** Stage A over a file, into state, outputs and positions of an embedded store; the input is not copied. */
export async function history(side: {
  file: string;
  store: string;
  warmUp: number;
  events: number;
}): Promise<Measured> {
  await mkdir(side.store);
  const log = openSqliteEventLog({ file: join(side.store, 'seamwatch.sqlite') });
  const stopwatch = new Stopwatch(side);
  const signal = new AbortController().signal;
  const stage = {
    policy: policySchema.parse({ version: 1 }),
    hashKey: new Uint8Array(16).fill(7),
    signal,
    now: Date.now,
    pace: historyPace,
    untilEnd: true,
    onCommit: ({ records }: { records: number }) => stopwatch.add(records),
  };
  const { interactions, surveys } = feedsOf(side.file);
  const feeds = new Map([
    ['interactions-0', interactions],
    ['surveys-0', surveys],
  ]);
  await log.participateWith(journeysSpec, (unit) => journeysStage(unit, stage), signal, feeds);
  const measured = stopwatch.measured();
  await log.close();
  return measured;
}

/** The lines of a file by topic, each read when the stage asks for it. */
function feedsOf(file: string) {
  const lines = linesOf(file);
  const appendedMs = Date.now();
  const queues = { interactions: [] as LogRecord[], surveys: [] as LogRecord[] };
  const offsets = { interactions: 0, surveys: 0 };
  let ended = false;
  const draw = async () => {
    const { value, done } = await lines.next();
    if (done) ended = true;
    for (const line of value ?? []) {
      const topic = line.subarray(0, 200).includes(surveyType) ? 'surveys' : 'interactions';
      queues[topic].push({ offset: offsets[topic]++, appendedMs, key: null, value: line, headers: {} });
    }
  };
  async function* feed(topic: 'interactions' | 'surveys'): AsyncGenerator<LogRecord[]> {
    for (;;) {
      while (queues[topic].length === 0 && !ended) await draw();
      const records = queues[topic];
      if (records.length === 0) return;
      queues[topic] = [];
      yield records;
    }
  }
  return { interactions: feed('interactions'), surveys: feed('surveys') };
}
