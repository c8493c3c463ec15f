import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';
import * as decline from '@seamwatch/monitor/testing/decline.ts';
import { produced, progressUntil } from '@seamwatch/monitor/testing/log.ts';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import type { MonitorWork } from './monitor-process.ts';

const written = {
  ...decline.written,
  // Longer than any pause in the feed, however busy the machine: an idle source in between would be another history.
  time: { idleAfter: '20s' },
};
const policy = policySchema.parse(written);
const inputPartitions = 3;
const { events, ratesFrom } = decline;
const right = decline.rightOf(policy);

async function freshLog(): Promise<{ log: EventLog; kafka: MonitorWork['kafka'] }> {
  const brokers = inject('kafka').bootstrap.split(',');
  const kafka = { brokers, clientId: 'test', prefix: `monitor-${randomBytes(4).toString('hex')}.` };
  await createTopics({ ...kafka, inputPartitions });
  const log = await openKafkaEventLog(kafka);
  onTestFinished(() => log.close());
  return { log, kafka };
}

/** Every alert and rate in order, of each day the newest record; and that nothing was refused. */
async function expectRight(log: EventLog): Promise<void> {
  const progress = await progressUntil(log, (p) => p.sources.every((s) => s.state === 'idle'), 60_000);
  expect(progress.asOf).toBe(right.progress!.asOf);
  expect(progress.deadByReason).toEqual({});
  expect(progress.sources.map((s) => s.source)).toHaveLength(2 * inputPartitions);
  expect(progress.sources.reduce((n, s) => n + s.events, 0)).toBe(events.length);

  await decline.expectRight(log, right);
}

test('rates, days and alerts from Kafka are those of the same events without a log', {
  timeout: 180_000,
}, async () => {
  const { log } = await freshLog();
  const stop = new AbortController();
  const hashKey = new Uint8Array(16).fill(7);
  const running = runMonitor({ log, policy, hashKey, signal: stop.signal, ratesFrom });
  running.catch(() => {});
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  for (let i = 0; i < events.length; i += 1_000) await log.append(events.slice(i, i + 1_000).map(produced));
  await expectRight(log);
});

/** A monitor in a process of its own, and how many steps its stages have made. */
class Monitor {
  readonly steps = { journeys: 0, segments: 0 };
  readonly #child: ChildProcess;

  constructor(work: MonitorWork) {
    const script = fileURLToPath(import.meta.resolve('./monitor-process.ts'));
    this.#child = spawn(process.execPath, [script, JSON.stringify(work)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout!.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n')) if (line) this.steps[line as 'journeys']++;
    });
    onTestFinished(() => this.kill());
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }
}

test('a monitor that is killed again and again leaves the same', { timeout: 240_000 }, async () => {
  const { log, kafka } = await freshLog();
  const work: MonitorWork = { kafka: { ...kafka, sessionMs: 6_000 }, policy: written, ratesFrom };
  let fed = 0;
  const feed = async (share: number) => {
    for (; fed < share * events.length; fed += 50) {
      await log.append(events.slice(fed, fed + 50).map(produced));
      await sleep(100);
    }
  };
  for (let kills = 0; kills < 3; kills++) {
    const monitor = new Monitor(work);
    const feeding = feed((kills + 1) / 4);
    feeding.catch(() => {});
    // It has worked, and is in the middle of it.
    await expect
      .poll(() => Math.min(monitor.steps.journeys, monitor.steps.segments), { timeout: 60_000, interval: 20 })
      .toBeGreaterThan(kills);
    await monitor.kill();
    await feeding;
  }
  new Monitor(work);
  await feed(1);
  await expectRight(log);
});

test('of two monitors one closes minutes; when it is killed the other takes over and leaves the same', {
  timeout: 240_000,
}, async () => {
  const { log, kafka } = await freshLog();
  const work: MonitorWork = { kafka: { ...kafka, sessionMs: 6_000 }, policy: written, ratesFrom };
  const monitors = [new Monitor(work), new Monitor(work)];
  const feed = async (from: number, to: number) => {
    for (let i = from; i < to; i += 100)
      await log.append(events.slice(i, Math.min(to, i + 100)).map(produced));
  };
  const half = Math.floor(events.length / 2);
  await feed(0, half);
  const active = await vi.waitUntil(() => monitors.find(({ steps }) => steps.segments > 0), {
    timeout: 60_000,
    interval: 50,
  });
  const standby = monitors.find((monitor) => monitor !== active)!;
  expect(standby.steps.segments).toBe(0);
  await active.kill();
  await feed(half, events.length);
  await expectRight(log);
  expect(standby.steps.segments).toBeGreaterThan(0);
});
