/**
 * Runs simulated events through stage A in memory, Kafka left out, and prints CPU microseconds per event, a line for each
 * part of the run:
 *
 *   node run-events.ts EVENTS EVENTS_PER_PART
 *
 * Making the events does not count, nor does a run before the first part, in which the code gets warm.
 */
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario } from '@seamwatch/simulator/scenario.ts';

/** 2.3 million interactions a month. */
const interactionsPerDay = 77_000;
const recordsPerCommit = 5_000;
const warmUpEvents = 300_000;

type Taken = { topic: 'interactions' | 'surveys'; record: LogRecord };

function* commits(): Generator<Taken[]> {
  const from = new Date(Date.now() - 900 * dayMs).toISOString();
  const scenario = parseScenario({ from, interactionsPerDay, warmUpDays: 0 });
  const offsets = { interactions: 0, surveys: 0 };
  let batch: Taken[] = [];
  for (const { topic, key, value, arrivedMs } of simulateRecords(scenario)) {
    if (topic === 'changes') continue;
    const record = {
      offset: offsets[topic]++,
      appendedMs: arrivedMs,
      key,
      value: Buffer.from(value),
      headers: {},
    };
    batch.push({ topic, record });
    if (batch.length < recordsPerCommit) continue;
    yield batch;
    batch = [];
  }
}

function* costs(events: number, eventsPerPart: number) {
  const policy = policySchema.parse({ version: 1 });
  const journeys = new Journeys({ partition: 0, policy, hashKey: new Uint8Array(16) });
  let [micros, inPart, done] = [0, 0, 0];
  for (const batch of commits()) {
    const before = process.threadCpuUsage();
    for (const { topic, record } of batch) journeys.apply(topic, record);
    journeys.commit();
    const { user, system } = process.threadCpuUsage(before);
    micros += user + system;
    inPart += batch.length;
    done += batch.length;
    if (inPart < eventsPerPart) continue;
    yield { microsPerEvent: micros / inPart, ...journeys.size };
    [micros, inPart] = [0, 0];
    if (done >= events) return;
  }
}

const [events, eventsPerPart] = process.argv.slice(2).map(Number) as [number, number];
for (const _ of costs(warmUpEvents, warmUpEvents));
for (const part of costs(events, eventsPerPart)) console.log(JSON.stringify(part));
