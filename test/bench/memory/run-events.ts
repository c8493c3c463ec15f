/**
 * Runs simulated events through stage A in memory, Kafka left out, and prints CPU microseconds per event, a line for each
 * part of the run that a line on standard input asks for:
 *
 *   node run-events.ts EVENTS_PER_PART
 *
 * Making the events does not count, nor does a run before the first part, in which the code gets warm.
 */
import { createInterface } from 'node:readline';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario } from '@seamwatch/simulator/scenario.ts';
import { TopicLists } from '../topic-lists.ts';

/** 2.3 million interactions a month. */
const interactionsPerDay = 77_000;
const recordsPerCommit = 5_000;
const warmUpEvents = 300_000;

function* commits(): Generator<TopicLists> {
  const from = new Date(Date.now() - 900 * dayMs).toISOString();
  const scenario = parseScenario({ from, interactionsPerDay, warmUpDays: 0 });
  const offsets = { interactions: 0, surveys: 0 };
  let batch = new TopicLists();
  for (const { topic, key, value, arrivedMs } of simulateRecords(scenario)) {
    if (topic === 'changes') continue;
    batch.add(topic, {
      offset: offsets[topic]++,
      appendedMs: arrivedMs,
      key,
      value: Buffer.from(value),
      headers: {},
    });
    if (batch.size < recordsPerCommit) continue;
    yield batch;
    batch = new TopicLists();
  }
}

function* costs(eventsPerPart: number) {
  const policy = policySchema.parse({ version: 1 });
  const journeys = new Journeys({ partition: 0, policy, hashKey: new Uint8Array(16) });
  let [micros, inPart] = [0, 0];
  for (const batch of commits()) {
    const before = process.threadCpuUsage();
    batch.applyTo(journeys);
    journeys.commit();
    const { user, system } = process.threadCpuUsage(before);
    micros += user + system;
    inPart += batch.size;
    if (inPart < eventsPerPart) continue;
    yield { microsPerEvent: micros / inPart, ...journeys.size };
    [micros, inPart] = [0, 0];
  }
}

costs(warmUpEvents).next();
const parts = costs(Number(process.argv[2]));
for await (const _ of createInterface({ input: process.stdin })) {
  const { value, done } = parts.next();
  if (done) break;
  console.log(JSON.stringify(value));
}
