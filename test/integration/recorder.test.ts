import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { type Recorder, type RecorderOptions, startRecorder } from '@seamwatch/recorder/recorder.ts';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { type Influx, startInflux } from '../stack/influx.ts';
import {
  deliveries,
  minute,
  newKafkaLog,
  position,
  put,
  rates,
  rowsOf,
  segments,
  until,
} from './recorder-records.ts';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const cleanUps: (() => unknown)[] = [];
let influx: Influx;

beforeAll(async () => {
  influx = await startInflux({ own: true });
});
afterAll(() => influx.stop());
afterEach(async () => {
  await influx.startServer();
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function newLog(): Promise<EventLog> {
  const folder = await mkdtemp(join(tmpdir(), 'seamwatch-recorder-'));
  const log = openSqliteEventLog({ file: join(folder, 'log.sqlite') });
  cleanUps.push(async () => {
    await log.close();
    await rm(folder, { recursive: true });
  });
  return log;
}

interface Running extends Recorder {
  bucket: string;
  stop(): Promise<void>;
}

function run(log: EventLog, options: Partial<RecorderOptions['influx']> = {}): Running {
  const stop = new AbortController();
  const { url, org, token } = influx;
  const access = { url, org, token, bucket: `recorder-${crypto.randomUUID()}`, ...options };
  const backoff = { firstMs: 20, maxMs: 200, misconfiguredMs: 100 };
  const recorder = startRecorder({
    log,
    influx: access,
    logger: quiet,
    signal: stop.signal,
    backoff,
    repeatMs: 100,
  });
  const running = {
    ...recorder,
    bucket: access.bucket,
    async stop() {
      stop.abort();
      await recorder.done;
    },
  };
  cleanUps.push(running.stop);
  return running;
}

const rows = (bucket: string, measurement?: string) => rowsOf(influx, bucket, measurement);
const valuesIn = async (bucket: string) => (await rows(bucket)).map(({ at, value }) => [at, value]);

test('rates, evidence, alerts, progress, days and weeks arrive with the tags, fields and times that were sent', async () => {
  const log = await newLog();
  await put(log, 'rates', '~segments', segments);
  const onset = toRfc3339(minute(-300));
  const evidence = {
    measure: 'csat',
    direction: 'worse',
    days: 8.5,
    installationDays: 2,
    level: 'watch',
  } as const;
  await put(log, 'rates', 'all', { ...rates(0, 0.25), evidence: [{ ...evidence, learning: false, onset }] });
  await put(log, 'rates', 'all', { ...rates(1, 0.5), provisional: true });
  const day = minute(0) - (minute(0) % dayMs) - 100 * dayMs;
  const dayPoint = { measure: 'nps', value: 20, lower: 10, upper: 30, n: 90, baseline: 28 };
  await put(log, 'days', 'all|day', {
    kind: 'day',
    segment: 'all',
    day: '2026-01-01',
    start: toRfc3339(day),
    points: [dayPoint],
    evidence: [],
  });
  const week = { week: '2026-W01', start: toRfc3339(day - dayMs), end: toRfc3339(day + 6 * dayMs) };
  await put(log, 'days', 'all|week', {
    kind: 'week',
    segment: 'all',
    ...week,
    nps: 21,
    lower: 15,
    upper: 27,
    n: 600,
    baseline: 28,
    z: -2.2,
    rejects: true,
  });
  const at = toRfc3339(minute(2));
  const sentence = 'CSAT has fallen, from "4.2" to 3.9.';
  await put(log, 'alerts', 'a1', alertRecord(at, { seq: 7, id: 'a1', sentence, owner: 'Ada' }));
  const source = {
    source: 'interactions-0',
    state: 'idle',
    events: 10,
    late: 2,
    duplicates: 1,
    dead: 3,
    lag: 0,
  };
  const sources = [{ ...source, watermark: toRfc3339(minute(2)) }];
  await put(log, 'rates', '~progress', {
    kind: 'progress',
    asOf: at,
    sources,
    deadByReason: {},
    series: 4,
    falseAlarmsPer30Days: 1,
  });

  const { bucket, stats, stop } = run(log);
  await until(() => stats().delivered === 6);
  const attributes = { segment: 'all', path: 'ai', value_band: 'top' };
  expect(await rows(bucket)).toEqual([
    {
      at: minute(0),
      ...attributes,
      measure: 'escalation_rate',
      window: '1h',
      value: 0.25,
      lower: 0.125,
      upper: 0.5,
      n: 100,
      baseline: 0.1,
      state: 'ok',
    },
  ]);
  expect(await rows(bucket, 'seam_evidence')).toEqual([
    {
      at: minute(0),
      segment: 'all',
      measure: 'csat',
      direction: 'worse',
      days: 8.5,
      installation_days: 2,
      level: 'watch',
      onset_ms: minute(-300),
    },
  ]);
  expect(await rows(bucket, 'seam_alert')).toEqual([
    {
      at: minute(2) + 7,
      segment: 'all',
      measure: 'csat',
      level: 'warning',
      state: 'firing',
      alert_id: 'a1',
      seq: 7,
      title: 'CSAT has fallen, from "4.2" to 3.9.',
      owner: 'Ada',
      value: 3.9,
      lower: 3.8,
      upper: 4,
      baseline: 4.2,
    },
  ]);
  expect(await rows(bucket, 'seam_pipeline')).toEqual([
    {
      at: expect.toSatisfy((ms: number) => ms % minuteMs === 0 && Math.abs(ms - Date.now()) < 5 * minuteMs),
      service: 'monitor',
      source: 'interactions-0',
      events: 10,
      late: 2,
      dead: 3,
      watermark_ms: minute(2),
    },
  ]);
  expect(await rows(`${bucket}_daily`)).toEqual([
    {
      at: day - dayMs,
      ...attributes,
      measure: 'nps',
      window: '1w',
      value: 21,
      lower: 15,
      upper: 27,
      n: 600,
      baseline: 28,
    },
    {
      at: day,
      ...attributes,
      measure: 'nps',
      window: '1d',
      value: 20,
      lower: 10,
      upper: 30,
      n: 90,
      baseline: 28,
    },
  ]);
  await stop();
  expect(
    (await deliveries(log)).map(({ sink, state, detail, refused }) => [sink, state, detail, refused]),
  ).toEqual([['influxdb', 'ok', '', 0]]);
  expect(await position(log)).toBe(4);
});

test('InfluxDB dies in mid-stream and comes back: nothing is lost, and the last revision of a point stays', async () => {
  const log = await newLog();
  const { bucket, stats } = run(log);
  for (let i = 0; i < 40; i += 1) await put(log, 'rates', 'all', rates(i, 0.1));
  await until(() => stats().delivered === 40);
  const before = await position(log);
  expect(before).toBe(40);

  await influx.killServer();
  for (let i = 0; i < 60; i += 1) await put(log, 'rates', 'all', rates(i, 0.2));
  for (let i = 30; i < 50; i += 1) await put(log, 'rates', 'all', rates(i, 0.3));
  await until(() => stats().state === 'retrying');
  // Longer than several attempts: the position must not move while nothing is acknowledged.
  await until(async () => (await deliveries(log)).filter(({ state }) => state === 'retrying').length >= 4);
  expect(await position(log)).toBe(before);

  await influx.startServer();
  await until(() => stats().delivered === 120);
  expect(await valuesIn(bucket)).toEqual(
    Array.from({ length: 60 }, (_, i) => [minute(i), i >= 30 && i < 50 ? 0.3 : 0.2]),
  );
  await until(async () => (await position(log)) === 120);
  const states = (await deliveries(log)).map(({ state }) => state);
  expect(states.filter((state, i) => state !== states[i - 1])).toEqual(['ok', 'retrying', 'ok']);
  expect((await deliveries(log)).find(({ state }) => state === 'retrying')?.detail).toMatch(
    /^SEAM_INFLUX_UNREACHABLE: InfluxDB at http:.*ECONN/,
  );
});

test('the position stays behind a write that InfluxDB has taken and not yet acknowledged', async () => {
  const log = await newLog();
  const { bucket, stats } = run(log);
  await put(log, 'rates', 'all', rates(0, 0.1));
  await until(async () => (await position(log)) === 1);
  await influx.pauseServer();
  try {
    await put(log, 'rates', 'all', rates(1, 0.2));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([await position(log), stats().delivered]).toEqual([1, 1]);
  } finally {
    await influx.resumeServer();
  }
  await until(async () => (await position(log)) === 2);
  expect(await valuesIn(bucket)).toEqual([
    [minute(0), 0.1],
    [minute(1), 0.2],
  ]);
});

test('a wrong token is a configuration error, repeated until it is put right, and then everything arrives', async () => {
  const log = await newLog();
  let token = 'wrong';
  const { bucket, stats } = run(log, { token: () => token });
  for (let i = 0; i < 10; i += 1) await put(log, 'rates', 'all', rates(i, 0.1));
  await until(() => stats().state === 'misconfigured');
  await until(async () => (await deliveries(log)).length >= 3);
  expect(await position(log)).toBe(0);
  token = influx.token;
  await until(() => stats().delivered === 10);
  expect((await valuesIn(bucket)).length).toBe(10);
  const told = await deliveries(log);
  expect(told[0]).toMatchObject({
    state: 'misconfigured',
    detail: expect.stringMatching(/^SEAM_INFLUX_CONFIG: .*401 unauthorized access/),
    delivered: 0,
  });
  expect(told.at(-1)).toMatchObject({ state: 'ok', detail: '' });
});

test('a refused point and a record that is none are reported with their reasons; all others are written', async () => {
  const log = await newLog();
  await put(log, 'rates', 'all', rates(0, 0.1));
  await put(log, 'rates', 'all', rates(-60 * 24 * 60, 0.2));
  await log.append([{ topic: 'rates', key: 'all', value: '{"kind":"rates","segment":7}' }]);
  await put(log, 'rates', 'all', rates(1, 0.3));
  const { bucket, stats } = run(log);
  await until(() => stats().delivered === 2);
  expect(await valuesIn(bucket)).toEqual([
    [minute(0), 0.1],
    [minute(1), 0.3],
  ]);
  expect(stats().refused).toBe(2);
  await until(async () => (await position(log)) === 4);
  const [told] = await deliveries(log);
  expect(told).toMatchObject({ state: 'ok', refused: 2 });
  expect(told?.detail).toMatch(/^SEAM_INFLUX_REFUSED: .*older than the bucket keeps/);
  expect(told?.detail).toContain('segment: ');
  expect(told?.detail).toContain('rates-0, offset 2');
});

test('a recorder that starts again repeats harmlessly, with the same series as before', async () => {
  const log = await newLog();
  await put(log, 'rates', '~segments', segments);
  for (let i = 0; i < 20; i += 1) await put(log, 'rates', 'all', rates(i, 0.1));
  const first = run(log);
  await until(async () => (await position(log)) === 21);
  const written = await rows(first.bucket);
  await first.stop();

  // As after a crash between acknowledgement and commit.
  const reader = await log.reader({ topics: ['rates'], group: 'recorder', from: 'beginning' });
  await reader.commit(new Map([['rates-0', 5]]));
  await reader.close();
  const second = run(log, { bucket: first.bucket });
  await until(async () => (await position(log)) === 21);
  expect(second.stats().delivered).toBe(16);
  expect(await rows(first.bucket)).toEqual(written);
  expect(written).toHaveLength(20);
  expect(written[0]).toMatchObject({ path: 'ai', value_band: 'top' });
});

test('twenty thousand records are recorded in parts of bounded size', async () => {
  const log = await newLog();
  const records = Array.from({ length: 20_000 }, (_, i) =>
    rates(i % 100, i / 20_000, `s${Math.floor(i / 100)}`),
  );
  await log.append(
    records.map((record) => ({ topic: 'rates', key: record.segment, value: JSON.stringify(record) })),
  );
  const { bucket, stats } = run(log);
  await until(() => stats().delivered === 20_000);
  expect(await rows(bucket)).toHaveLength(20_000);
});

test('from Kafka as from the embedded log: InfluxDB and the recorder end and come back, nothing is lost', async () => {
  const log = await newKafkaLog(inject('kafka').bootstrap);
  cleanUps.push(() => log.close());
  await put(log, 'rates', '~segments', segments);
  for (let i = 0; i < 20; i += 1) await put(log, 'rates', 'all', rates(i, 0.1));
  const first = run(log);
  await until(() => first.stats().delivered === 20);
  await until(async () => (await position(log)) >= 21);
  await first.stop();

  await influx.killServer();
  for (let i = 10; i < 40; i += 1) await put(log, 'rates', 'all', rates(i, 0.2));
  const second = run(log, { bucket: first.bucket });
  await until(() => second.stats().state === 'retrying');
  expect(await position(log)).toBe(21);
  await influx.startServer();
  await until(() => second.stats().delivered === 30);
  expect(await valuesIn(first.bucket)).toEqual(
    Array.from({ length: 40 }, (_, i) => [minute(i), i < 10 ? 0.1 : 0.2]),
  );
  expect((await rows(first.bucket)).every(({ path }) => path === 'ai')).toBe(true);
});
