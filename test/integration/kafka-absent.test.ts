import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../stack/free-port.ts';
import { type Kafka as Servers, startKafka } from '../stack/kafka.ts';

const main = join(import.meta.dirname, '../../services/cli/src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'seamwatch-absent-'));
let kafka: Servers;
const children: ChildProcess[] = [];

beforeAll(async () => {
  kafka = await startKafka({ own: true });
  writeFileSync(join(folder, 'seamwatch.yaml'), 'version: 1\ntime: { idleAfter: 1s }\n');
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await kafka.stop();
  rmSync(folder, { recursive: true });
});

interface Running {
  child: ChildProcess;
  /** What it has logged. */
  log: () => string;
  ended: Promise<number | null>;
}

/** Runs a command of the program against the Kafka of this test. */
function seamwatch(...args: string[]): Running {
  return seamwatchOn('seam.', ...args);
}

/** The same with another prefix of topics. */
function seamwatchOn(prefix: string, ...args: string[]): Running {
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    SEAMWATCH_KAFKA_BROKERS: kafka.bootstrap,
    SEAMWATCH_KAFKA_TOPIC_PREFIX: prefix,
    SEAMWATCH_POLICY: 'seamwatch.yaml',
  };
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let text = '';
  child.stderr!.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, log: () => text, ended };
}

async function readyz(port: number): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return { status: response.status, text: await response.text() };
}

it('starts without Kafka, says so, tries again, works when Kafka comes, and stops in good order', async () => {
  expect(await seamwatch('topics', 'create').ended).toBe(0);
  await kafka.stopBroker(1);

  const [health, port] = (await freePorts(2)) as [number, number];
  const monitor = seamwatch('monitor', '--health-port', String(health));
  const gateway = seamwatch('gateway', '--port', String(port));
  for (const at of [health, port]) {
    const red = { status: 503, text: expect.stringContaining('SEAM_KAFKA_UNREACHABLE') };
    await expect.poll(() => readyz(at), { timeout: 60_000, interval: 200 }).toEqual(red);
    expect((await fetch(`http://127.0.0.1:${at}/healthz`)).status).toBe(200);
  }
  for (const { log } of [monitor, gateway]) {
    await expect.poll(log, { timeout: 30_000 }).toMatch(/"attempt":2,.*no broker of .*Trying again in \d/);
  }

  await kafka.startBroker(1);
  for (const at of [health, port]) {
    await expect.poll(() => readyz(at), { timeout: 60_000, interval: 200 }).toMatchObject({ status: 200 });
  }
  const days = ['--from', '2026-03-01', '--to', '2026-03-02', '--per-day', '300'];
  expect(await seamwatch('simulate', ...days).ended).toBe(0);
  await expect
    .poll(async () => (await fetch(`http://127.0.0.1:${port}/v1/sources`)).json(), { timeout: 60_000 })
    .toMatchObject({ asOf: expect.stringMatching(/^2026-03-0[12]T/) });

  for (const { child, ended, log } of [monitor, gateway]) {
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(log()).toContain('"msg":"stopped"');
  }
});

it('says at its start which topics are not as needed, and goes on when they are', async () => {
  const prefix = 'other.';
  const admin = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      { topic: 'other.interactions', numPartitions: 3 },
      { topic: 'other.surveys', numPartitions: 2 },
    ],
  });
  const [health] = (await freePorts(1)) as [number];
  const monitor = seamwatchOn(prefix, 'monitor', '--health-port', String(health));
  await expect
    .poll(monitor.log, { timeout: 60_000 })
    .toMatch(/other\.surveys has 2 partitions, should have 3; .*other\.state is missing.*topics create/);
  expect(await readyz(health)).toMatchObject({
    status: 503,
    text: expect.stringContaining('SEAM_KAFKA_TOPIC'),
  });

  await admin.deleteTopics({ topics: ['other.interactions', 'other.surveys'] });
  await expect.poll(() => admin.listTopics(), { timeout: 30_000 }).not.toContain('other.surveys');
  expect(await seamwatchOn(prefix, 'topics', 'create').ended).toBe(0);
  await expect.poll(() => readyz(health), { timeout: 60_000, interval: 200 }).toMatchObject({ status: 200 });
  await expect.poll(monitor.log, { timeout: 30_000 }).toContain('units assigned');
  await admin.disconnect();
});
