import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { partitionOf } from '@seamwatch/adapters/log/murmur2.ts';
import { answeredSurvey, closedInteraction, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { dayMs, hourMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { RollupSums } from '@seamwatch/core/journeys/rollup-sums.fixture.ts';
import type { EventLog, LogRecord, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { runJourneys } from '@seamwatch/monitor/monitor.ts';
import { allTaken, readAll, textOf } from '@seamwatch/monitor/testing/log.ts';
import kafkajs from 'kafkajs';
import { describe, expect, inject, it, onTestFinished } from 'vitest';

const inputPartitions = 3;
const policy = policySchema.parse({ version: 1 });
const hashKey = 'the-key-of-this-test';
const id = 'customer-4711';
const t0 = Date.now() - dayMs;

interface Installation {
  prefix: string;
  log: EventLog;
}

async function install(): Promise<Installation> {
  const brokers = inject('kafka').bootstrap.split(',');
  const prefix = `forget-${randomBytes(4).toString('hex')}.`;
  const options = { brokers, clientId: 'test', prefix };
  await createTopics({ ...options, inputPartitions });
  const log = await openKafkaEventLog(options);
  onTestFinished(() => log.close());
  return { prefix, log };
}

/** Stage A until the test ends, or `end` is called. */
function monitor({ log }: Installation): () => Promise<void> {
  const stop = new AbortController();
  // As `hashKeyOf` makes it of the setting.
  const key = import('@seamwatch/monitor/hash-key.ts').then(({ hashKeyOf }) => hashKeyOf(hashKey, log));
  const running = key.then((bytes) => runJourneys({ log, policy, hashKey: bytes, signal: stop.signal }));
  running.catch(() => {});
  const end = async () => {
    stop.abort();
    await running;
  };
  onTestFinished(end);
  return end;
}

interface Result {
  ok?: boolean;
  isNew?: boolean;
  act: { request: string; by: string; at: string } | null;
  before: { place: string; records: number; state: string; goneBy: string | null }[];
  after: Result['before'];
  standing: Result['before'];
}

/** The command as a user runs it. */
function forget(
  { prefix }: Installation,
  ...args: string[]
): Promise<{ code: number; out: string; err: string }> {
  const main = fileURLToPath(import.meta.resolve('@seamwatch/cli/main.ts'));
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    SEAMWATCH_KAFKA_BROKERS: inject('kafka').bootstrap,
    SEAMWATCH_KAFKA_TOPIC_PREFIX: prefix,
    SEAMWATCH_HASH_KEY: hashKey,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'forget', ...args], { env }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

async function json(installation: Installation, ...args: string[]): Promise<Result & { code: number }> {
  const { code, out, err } = await forget(installation, '--customer', id, '--json', ...args);
  expect(err).toBe('');
  return { ...(JSON.parse(out) as Result), code };
}

let made = 0;
const event = (type: string, data: object) => JSON.stringify(cloudEvent(`e${++made}`, type, data));

const contact = (interactionId: string, customerId: string, atMs: number): OutRecord => ({
  topic: 'interactions',
  key: customerId,
  value: event('interaction.closed', closedInteraction(interactionId, toRfc3339(atMs), { customerId })),
});
const answer = (interactionId: string, customerId: string, atMs: number, score = 4): OutRecord => ({
  topic: 'surveys',
  key: customerId,
  value: event(
    'survey.answered',
    answeredSurvey(`s${++made}`, interactionId, toRfc3339(atMs), { customerId, score }),
  ),
});

const others = Array.from({ length: 40 }, (_, i) => `somebody-${i}`);
const before = [
  contact('i1', id, t0),
  contact('i2', id, t0 + hourMs),
  answer('i1', id, t0 + hourMs),
  answer('i1', id, t0 + hourMs, 99),
  ...others.flatMap((name, i) => [
    contact(`o${i}`, name, t0 + i * 60_000),
    answer(`o${i}`, name, t0 + hourMs),
  ]),
];
const after = [
  contact('i3', id, t0 + 2 * hourMs),
  contact('i4', id, t0 + 3 * hourMs),
  answer('i3', id, t0 + 3 * hourMs),
  // Of a contact that is forgotten: it waits for one that it can be about.
  answer('i1', id, t0 + 3 * hourMs),
];

/** All counts that stage A has made, and the newest value of each changelog key, positions left out. */
async function outcome({ log }: Installation): Promise<Record<string, unknown>> {
  const counted = new RollupSums();
  for (const { key, value } of await readAll(log, 'rollups')) counted.add(value!, key);
  const newest = async (topic: Topic) => {
    const records = new Map((await readAll(log, topic)).map((r) => [r.key!, r.value]));
    return [...records]
      .flatMap(([key, value]) => (value === null || !/^[cis]/.test(key) ? [] : [key]))
      .sort();
  };
  return {
    counts: counted.sums,
    journeys: await newest('journeys'),
    outcomes: await newest('outcomes'),
  };
}

const rows = (list: Result['before']) => list.map(({ place, records, state }) => [place, records, state]);

describe('a customer that is forgotten on Kafka', () => {
  it('is gone from the journeys at once, and the rest in its announced time; --verify proves it', async () => {
    const installation = await install();
    monitor(installation);
    await installation.log.append(before);
    await allTaken(installation.log);
    expect((await json(installation, '--verify')).code).toBe(1);

    const forgotten = await json(installation, '--by', 'dpo');
    expect(forgotten.code).toBe(0);
    expect(rows(forgotten.before)).toEqual([
      ['journey', 3, 'held'],
      ['events', 4, 'held'],
      ['dead-letters', 1, 'held'],
    ]);
    expect(rows(forgotten.after)).toEqual([
      ['events', 4, 'going'],
      ['dead-letters', 1, 'going'],
      ['older-values', 3, 'going'],
      ['entries', 3, 'going'],
    ]);
    const inDays = (row: Result['before'][number]) => (Date.parse(row.goneBy!) - Date.now()) / dayMs;
    const [events, letters, older, entries] = forgotten.after.map(inDays);
    expect(events).toBeCloseTo(31, 0);
    expect(letters).toBeCloseTo(1, 0);
    expect(older).toBeCloseTo(1, 0);
    expect(entries).toBeCloseTo(31, 0);

    const verified = await json(installation, '--verify');
    expect(verified).toMatchObject({ code: 0, ok: true, act: forgotten.act });
    expect(rows(verified.standing)).toEqual(rows(forgotten.after));
    const written: LogRecord[] = [
      ...(await readAll(installation.log, 'audit')),
      ...(await readAll(installation.log, 'interactions')).filter((r) => 'ce_type' in r.headers),
    ];
    expect(written.map(textOf).join()).not.toContain(id);

    const again = await json(installation);
    expect([again.code, again.isNew, again.act]).toEqual([0, false, forgotten.act]);
    const unknown = await forget(installation, '--customer', 'nobody-knows');
    expect(unknown).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^nothing held of this customer in Kafka/),
    });
  });

  it('is forgotten again, in the same place, by a replay of the log', async () => {
    const installation = await install();
    const end = monitor(installation);
    await installation.log.append(before);
    await allTaken(installation.log);
    await json(installation);
    await installation.log.append(after);
    await allTaken(installation.log);
    const verified = await json(installation, '--verify');
    expect([verified.code, ...rows(verified.standing)]).toEqual([
      0,
      ['journey', 4, 'new'],
      ['events', 4, 'going'],
      ['events', 4, 'new'],
      ['dead-letters', 1, 'going'],
      ['older-values', 3, 'going'],
      ['entries', 3, 'going'],
    ]);
    await end();

    const copy = await install();
    for (const topic of ['interactions', 'surveys'] as const) {
      for (const { key, value, headers } of await readAll(installation.log, topic)) {
        const partition = partitionOf(key ?? id, inputPartitions);
        await copy.log.append([{ topic, partition, key, value, headers }]);
      }
    }
    monitor(copy);
    await allTaken(copy.log);
    expect(await outcome(copy)).toEqual(await outcome(installation));
    expect((await outcome(copy)).outcomes).toHaveLength(2 * others.length + 4);
  });

  it('that no monitor has taken yet is told so; the entry waits in the log', {
    timeout: 180_000,
  }, async () => {
    const installation = await install();
    const end = monitor(installation);
    await installation.log.append(before);
    await allTaken(installation.log);
    await end();
    const { code, out } = await forget(installation, '--customer', id, '--wait', '0');
    expect(code).toBe(0);
    expect(out).toMatch(/no monitor has taken the entry yet/);
    const waiting = await json(installation, '--verify');
    expect([waiting.code, waiting.standing[0]]).toMatchObject([1, { place: 'journey', state: 'waiting' }]);
    monitor(installation);
    await allTaken(installation.log);
    expect(await json(installation, '--verify')).toMatchObject({ code: 0, ok: true });
  });

  it('leaves the bytes of the changelog by compaction, within its largest lag', {
    timeout: 240_000,
  }, async () => {
    const installation = await install();
    const { prefix, log } = installation;
    const admin = new kafkajs.Kafka({ brokers: inject('kafka').bootstrap.split(','), logLevel: 0 }).admin();
    await admin.connect();
    onTestFinished(() => admin.disconnect());
    const quick = { 'segment.ms': '1000', 'max.compaction.lag.ms': '1000', 'delete.retention.ms': '1000' };
    await admin.alterConfigs({
      validateOnly: false,
      resources: ['journeys', 'outcomes', 'dead-letters'].map((topic) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: prefix + topic,
        configEntries: Object.entries({ ...quick, 'cleanup.policy': 'compact' }).map(([name, value]) => ({
          name,
          value,
        })),
      })),
    });
    monitor(installation);
    await log.append(before);
    await allTaken(installation.log);
    expect(rows((await json(installation)).after)).toContainEqual(['older-values', 3, 'going']);
    // Events of others go on, so that Kafka closes its segments.
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    void (async () => {
      for (let i = 0; !stop.signal.aborted; i++) {
        const news = others.flatMap((name) => [
          contact(`n${i}-${name}`, name, t0 + 4 * hourMs),
          answer(`n${i}-${name}`, name, t0 + 4 * hourMs, i % 9),
        ]);
        await log.append(news);
        await sleep(500);
      }
    })().catch(() => {});
    await expect
      .poll(async () => rows((await json(installation, '--verify')).standing), {
        timeout: 200_000,
        interval: 3_000,
      })
      .toEqual([
        ['events', 4, 'going'],
        ['entries', 2, 'going'],
      ]);
  });
});

describe('seamwatch forget', () => {
  it('ends with 2 on wrong usage', async () => {
    const installation = { prefix: 'x.', log: undefined as unknown as EventLog };
    for (const args of [[], ['--customer'], ['--customer', ''], ['--customer', id, '--wait', 'long']]) {
      expect((await forget(installation, ...args)).code).toBe(2);
    }
  });
});
