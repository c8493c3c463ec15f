/**
 * Runs simulated history through both stages in memory and prints CPU microseconds per event of each, as JSON:
 *
 *   node run-stages.ts WARM_UP_EVENTS EVENTS
 *
 * Making the events does not count, nor what is done in the warm-up: baselines are learned in it, so that evidence is counted.
 * Stage B commits as seldom as it does in a backlog.
 */
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { Segments } from '@seamwatch/core/segments/segments.ts';
import { TopicLists } from '../topic-lists.ts';
import { batches, simulatedEvents } from './inputs.ts';

const batchesPerCommit = 10;
const centre = { interactionsPerDay: 5_000, customers: { count: 100_000 } };

const [warmUp, events] = process.argv.slice(2).map(Number) as [number, number];
const policy = policySchema.parse({ version: 1 });
const journeys = new Journeys({ partition: 0, policy, hashKey: new Uint8Array(16) });
const segments = new Segments({ policy, partitions: 1 });
const appendedMs = Date.now();
const offsets = { interactions: 0, surveys: 0, rollups: 0 };
const micros = { stageA: 0, stageB: 0 };
let taken = 0;
let done = 0;

/** CPU time of this thread since the process began, in µs. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

const recordOf = (topic: keyof typeof offsets, key: string | null, value: Uint8Array): LogRecord => ({
  offset: offsets[topic]++,
  appendedMs,
  key,
  value,
  headers: {},
});

for (const batch of batches(simulatedEvents(warmUp + events, centre))) {
  const arrived = new TopicLists();
  for (const { topic, key, value } of batch) {
    const source = topic as 'interactions' | 'surveys';
    arrived.add(source, recordOf(source, key, Buffer.from(value as string)));
  }
  const startA = cpu();
  arrived.applyTo(journeys);
  const { rollups } = journeys.commit();
  const startB = cpu();
  for (const rollup of rollups) segments.apply(recordOf('rollups', null, rollup));
  if (++taken % batchesPerCommit === 0) segments.commit();
  const end = cpu();
  done += batch.length;
  if (done <= warmUp) continue;
  micros.stageA += startB - startA;
  micros.stageB += end - startB;
}
const counted = done - warmUp;
console.log(JSON.stringify({ stageA: micros.stageA / counted, stageB: micros.stageB / counted }));
