import { InfluxDB } from '@influxdata/influxdb-client';
import { Kafka as Client, logLevel, Partitioners } from 'kafkajs';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Influx, type InfluxAddress, startInflux } from '../stack/influx.ts';
import { type Kafka, startKafka } from '../stack/kafka.ts';
import { aliveBrokers, brokerIsReady } from '../stack/kafka-broker.ts';

const started: { stop(): Promise<void> }[] = [];
let kafka: Kafka;
let influx: Influx;

beforeAll(async () => {
  [kafka, influx] = await Promise.all([startKafka({ own: true }), startInflux({ own: true })]);
  started.push(kafka, influx);
});

afterAll(async () => {
  await Promise.all(started.map((server) => server.stop()));
});

test('a record of a committed transaction is read from the shared Kafka, one of an aborted one is not', async () => {
  const { bootstrap } = inject('kafka');
  const topic = `stack-${crypto.randomUUID()}`;
  await createTopic(bootstrap, topic);
  await produceInTransaction(bootstrap, topic, 'aborted', false);
  await produceInTransaction(bootstrap, topic, 'committed', true);
  expect(await readCommitted(bootstrap, topic, 1)).toEqual(['committed']);
});

test('a stopped Kafka refuses connections, and after its start has the records of before at the same address', async () => {
  await createTopic(kafka.bootstrap, 'survivors');
  await produceInTransaction(kafka.bootstrap, 'survivors', 'before the stop', true);
  await kafka.stopBroker(1);
  expect(await brokerIsReady(kafka.bootstrap, 1)).toBe(false);
  await kafka.startBroker(1);
  await produceInTransaction(kafka.bootstrap, 'survivors', 'after the stop', true);
  expect(await readCommitted(kafka.bootstrap, 'survivors', 2)).toEqual(['before the stop', 'after the stop']);
});

test('a cluster of three goes on taking records while one broker is dead', async () => {
  const cluster = await startKafka({ brokers: 3 });
  started.push(cluster);
  await createTopic(cluster.bootstrap, 'replicated', 3);
  await produceInTransaction(cluster.bootstrap, 'replicated', 'all three', true);
  await cluster.killBroker(2);
  const [first, , third] = cluster.brokers as [string, string, string];
  await expect.poll(() => aliveBrokers(first).catch(() => []), { timeout: 30_000 }).toEqual([1, 3]);
  await produceInTransaction(`${first},${third}`, 'replicated', 'two of three', true);
  await cluster.startBroker(2);
  expect(await readCommitted(cluster.bootstrap, 'replicated', 2)).toEqual(['all three', 'two of three']);
});

test('a point written to the shared InfluxDB is read back', async () => {
  const address = inject('influx');
  const measurement = `stack-${crypto.randomUUID()}`;
  await writePoint(address, measurement, 42);
  expect(await readValues(address, measurement)).toEqual([42]);
});

test('a stopped InfluxDB refuses connections, and after its start has the points of before at the same address', async () => {
  await writePoint(influx, 'survivors', 1);
  await influx.stopServer();
  await expect(writePoint(influx, 'survivors', 2)).rejects.toThrow('fetch failed');
  await influx.startServer();
  await writePoint(influx, 'survivors', 3);
  await influx.killServer();
  await influx.startServer();
  expect(await readValues(influx, 'survivors')).toEqual([1, 3]);
});

test('a paused InfluxDB accepts a request and answers it after it was resumed', async () => {
  await influx.pauseServer();
  const answer = fetch(`${influx.url}/health`).then((response) => response.status);
  const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 500, 'silence'))]);
  await influx.resumeServer();
  expect([first, await answer]).toEqual(['silence', 200]);
});

function clientOf(bootstrap: string): Client {
  return new Client({
    brokers: bootstrap.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 500, retries: 30 },
  });
}

async function createTopic(bootstrap: string, topic: string, replicationFactor = 1): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  try {
    await admin.connect();
    await admin.createTopics({
      topics: [{ topic, numPartitions: 1, replicationFactor }],
      waitForLeaders: true,
    });
  } finally {
    await admin.disconnect();
  }
}

async function produceInTransaction(bootstrap: string, topic: string, value: string, commit: boolean) {
  const producer = clientOf(bootstrap).producer({
    transactionalId: crypto.randomUUID(),
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({ topic, messages: [{ partition: 0, value }] });
  await (commit ? transaction.commit() : transaction.abort());
  await producer.disconnect();
}

async function readCommitted(bootstrap: string, topic: string, count: number): Promise<string[]> {
  const consumer = clientOf(bootstrap).consumer({ groupId: crypto.randomUUID(), maxWaitTimeInMs: 200 });
  const values: string[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    // A new broker may still be loading its groups; then the client starts over by itself.
    consumer.on('consumer.crash', ({ payload }) => payload.restart || reject(payload.error));
    void consumer.run({
      eachMessage: async ({ message }) => {
        values.push(String(message.value));
        if (values.length >= count) resolve();
      },
    });
  });
  await consumer.disconnect();
  return values;
}

async function writePoint({ url, token, org, bucket }: InfluxAddress, measurement: string, value: number) {
  const response = await fetch(`${url}/api/v2/write?${new URLSearchParams({ org, bucket })}`, {
    method: 'POST',
    headers: { authorization: `Token ${token}` },
    body: `${measurement} value=${value}`,
  });
  expect(response.status).toBe(204);
}

async function readValues(
  { url, token, org, bucket }: InfluxAddress,
  measurement: string,
): Promise<number[]> {
  const query = `from(bucket: "${bucket}") |> range(start: -1h) |> filter(fn: (r) => r._measurement == "${measurement}")`;
  const rows = await new InfluxDB({ url, token }).getQueryApi(org).collectRows<{ _value: number }>(query);
  return rows.map((row) => row._value);
}
