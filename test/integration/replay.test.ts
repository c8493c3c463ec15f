import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { replayFiles } from '@seamwatch/cli/replay/replay-files.ts';
import { LogTarget } from '@seamwatch/cli/targets/log-target.ts';
import { parsePolicy } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { startGateway } from '@seamwatch/gateway/gateway.ts';
import { hashKeyOf } from '@seamwatch/monitor/hash-key.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';
import { simulateRecords } from '@seamwatch/simulator/records.ts';
import { parseScenario } from '@seamwatch/simulator/scenario.ts';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Comparison, compareWith } from '../real-data/compare.ts';
import { lastMinute } from '../real-data/count.ts';
import type { Input } from '../real-data/interactions.ts';
import { readEvents } from '../real-data/read-events.ts';

const policy = parsePolicy(`
version: 1
time: { idleAfter: 2s }
segments:
  - { each: [path] }
  - { each: [category] }
  - { each: [path, category] }
  - { each: [valueBand] }
  - { each: [channel, market] }
`);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const patienceMs = 90_000;

const folder = mkdtempSync(join(tmpdir(), 'seamwatch-replay-test-'));
const file = join(folder, 'events.ndjson');
let input: Input;
const cleanUps: (() => unknown)[] = [];

/** Twelve days with bad input, repetitions and events out of order, shuffled: files need not be in order of time. */
beforeAll(async () => {
  const scenario = parseScenario({
    seed: 21,
    from: '2026-02-01',
    to: '2026-02-13T13:17:00Z',
    interactionsPerDay: 250,
    badInput: 0.03,
    customers: { count: 2_000 },
  });
  const lines = [...simulateRecords(scenario)].map(({ value }) => Buffer.from(value as string));
  const shuffled = lines
    .map((line, i) => ({ line, at: (i * 7_919) % lines.length }))
    .sort((a, b) => a.at - b.at);
  writeFileSync(file, Buffer.concat(shuffled.flatMap(({ line }) => [line, Buffer.from('\n')])));
  input = await readEvents(file);
  return () => rmSync(folder, { recursive: true });
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function openKafka(): Promise<EventLog> {
  const brokers = inject('kafka').bootstrap.split(',');
  const options = { brokers, clientId: 'test', prefix: `replay-${crypto.randomUUID()}.` };
  await createTopics({ ...options, inputPartitions: 3 });
  return openKafkaEventLog(options);
}

/** Monitor and gateway on a log; resolves to the gateway's address. */
async function serve(log: EventLog): Promise<string> {
  const stop = new AbortController();
  const hashKey = await hashKeyOf(undefined, log);
  const running = runMonitor({ log, policy, hashKey, signal: stop.signal });
  // A failure is told when the monitor is stopped.
  running.catch(() => {});
  cleanUps.push(async () => {
    stop.abort();
    await running;
  });
  const token = undefined;
  const settings = {
    SEAMWATCH_HOST: '127.0.0.1',
    SEAMWATCH_PORT: 0,
    SEAMWATCH_VIEW_TOKEN: token,
    SEAMWATCH_INGEST_TOKEN: token,
    SEAMWATCH_OPERATOR_TOKEN: token,
  };
  const gateway = await startGateway({ log, settings, pageDir: folder, policy, logger: quiet });
  cleanUps.push(() => gateway.close());
  return gateway.url;
}

interface Sources {
  asOf: string | null;
  sources: { state: string; duplicates: number; dead: number }[];
  deadByReason: Record<string, number>;
}

/** Waits until everything in the file has been counted. */
async function atRest(url: string): Promise<Sources> {
  const end = new Date(lastMinute(input)).toISOString();
  let seen: Sources | undefined;
  await expect
    .poll(
      async () => {
        seen = (await (await fetch(`${url}/v1/sources`)).json()) as Sources;
        return [seen.asOf, ...seen.sources.filter(({ state }) => state === 'active')];
      },
      { timeout: patienceMs, interval: 250 },
    )
    .toEqual([end]);
  return seen!;
}

const differences = ({ segments }: Comparison) =>
  segments.flatMap(({ segment, compared }) =>
    compared.filter(({ same }) => !same).map((one) => ({ segment, ...one })),
  );

describe.each([
  [
    'the embedded store',
    async () => openSqliteEventLog({ file: join(folder, `${crypto.randomUUID()}.sqlite`) }),
  ],
  ['Kafka', openKafka],
])('a file of events replayed through %s', (_, open) => {
  it('shows the figures of an independent count, in every window and slice', async () => {
    const log = await open();
    cleanUps.push(() => log.close());
    const url = await serve(log);
    const summary = await replayFiles({
      files: [file],
      mapping: undefined,
      target: new LogTarget(log, 'the log'),
      history: false,
      allowedLatenessMs: 7 * dayMs,
    });
    expect(summary.read).toBe(input.read);
    expect(summary.deadLettered).toEqual(input.bad);

    const { sources } = await atRest(url);
    for (const window of ['28d', '7d', '24h', '1h']) {
      // The newest rates reach the gateway a moment after the progress.
      await expect
        .poll(async () => differences(await compareWith(url, input, window)), {
          timeout: 10_000,
          interval: 500,
        })
        .toEqual([]);
    }
    const { segments } = await compareWith(url, input, '28d');
    expect(segments.length).toBeGreaterThan(30);
    expect(sources.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBeGreaterThanOrEqual(
      input.duplicates,
    );
  });
});
