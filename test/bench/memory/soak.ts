import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario } from '@seamwatch/simulator/scenario.ts';
import kafkajs from 'kafkajs';
import { startKafka } from '../../stack/kafka.ts';
import { saveSoak } from '../figures/saved.ts';
import { startRoles } from '../latency/roles.ts';
import { type Bench, digits, say } from '../ratio.ts';
import { growth, levelsOf, type Role, type Sample, settledMinutes } from './samples.ts';

const batchRecords = 5_000;
/** So many events may be in the log that the monitor has not taken: enough that it never waits. */
const aheadRecords = 50_000;
const sampleMs = 10_000;
/** More than a soak gets through. */
const historyDays = 15_000;
/** An hour's events are some 60 GB: of those that were taken the broker keeps so much a partition, in files of so much. */
const keptBytes = { 'retention.bytes': String(2 ** 30), 'segment.bytes': String(2 ** 27) };

/**
 * Memory of a monitor and a gateway that work at full rate on history in Kafka, a year of it every
 * few minutes. Where the time is up after ten minutes or less, there is no end to compare with.
 */
export const soakBench = (minutes: number): Bench => ({
  id: 'soak',
  async run({ save }) {
    const kafka = await startKafka({ say });
    const folder = await mkdtemp(join(tmpdir(), 'seamwatch-soak-'));
    const prefix = `soak-${randomUUID()}.`;
    const { brokers } = kafka;
    await createTopics({ brokers, prefix, clientId: 'bench', inputPartitions: 4 });
    await keepLittle(brokers, [`${prefix}interactions`, `${prefix}surveys`]);
    const log = await openKafkaEventLog({ brokers, prefix, clientId: 'bench' });
    const roles = await startRoles({ brokers, prefix, policy: { version: 1 }, folder });
    const over = new AbortController();
    const fed = { events: 0 };
    const samples: Sample[] = [];
    try {
      const feeding = feed(log, fed, over.signal);
      feeding.catch(() => over.abort());
      const startMs = performance.now();
      while (performance.now() - startMs < minutes * 60_000 && !over.signal.aborted) {
        await sleep(sampleMs);
        const [monitor, gateway] = await Promise.all([
          residentOf(roles.monitor.pid),
          residentOf(roles.gateway.pid),
        ]);
        const sample = {
          minute: (performance.now() - startMs) / 60_000,
          events: fed.events,
          monitor,
          gateway,
        };
        samples.push(sample);
        say(
          `  minute ${sample.minute.toFixed(1)}: ${digits(sample.events)} events, monitor ${digits(monitor)} MiB, gateway ${digits(gateway)} MiB`,
        );
      }
      over.abort();
      await feeding;
      return (['monitor', 'gateway'] as const).map((role) => rowOf(role, samples));
    } finally {
      over.abort();
      if (save && samples.length > 0) saveSoak(samples);
      await roles.close();
      await log.close();
      await kafka.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
});

async function keepLittle(brokers: string[], topics: string[]): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.ERROR }).admin();
  await admin.connect();
  try {
    for (const name of topics) {
      const type = kafkajs.ConfigResourceTypes.TOPIC;
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type, name }],
      });
      // What is not named again would fall back to its default.
      const own = resources[0]!.configEntries.filter(({ isDefault }) => !isDefault);
      const config = { ...Object.fromEntries(own.map((e) => [e.configName, e.configValue])), ...keptBytes };
      const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
      await admin.alterConfigs({ validateOnly: false, resources: [{ type, name, configEntries }] });
    }
  } finally {
    await admin.disconnect();
  }
}

/** Appends history as fast as the monitor takes it. */
async function feed(log: EventLog, fed: { events: number }, signal: AbortSignal): Promise<void> {
  const from = new Date(Date.now() - historyDays * dayMs).toISOString();
  let batch: OutRecord[] = [];
  for (const { topic, key, value } of simulateRecords(parseScenario({ from, interactionsPerDay: 5_000 }))) {
    if (topic === 'changes') continue;
    batch.push({ topic, key, value });
    if (batch.length < batchRecords) continue;
    await log.append(batch);
    fed.events += batch.length;
    batch = [];
    while (!signal.aborted && fed.events - (await takenFrom(log)) > aheadRecords) await sleep(50);
    if (signal.aborted) return;
  }
}

async function takenFrom(log: EventLog): Promise<number> {
  const positions = await log.groupPositions('journeys', ['interactions', 'surveys']);
  return [...positions.values()].reduce((sum, position) => sum + position, 0);
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
}

function rowOf(role: Role, samples: readonly Sample[]) {
  const { settled, end } = levelsOf(role, samples);
  const minutes = samples.at(-1)?.minute ?? 0;
  return {
    id: `soak-${role}`,
    figure: `memory of the ${role} at the end of ${digits(minutes)} minutes at full rate ÷ after ${settledMinutes}`,
    measured: end / settled,
    bounds: growth,
    detail: `${digits(settled)} MiB, then ${digits(end)} MiB; ${digits(samples.at(-1)?.events ?? 0)} events`,
  };
}
