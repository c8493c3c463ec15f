import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { startKafka } from '../../stack/kafka.ts';
import { type Bench, inTurns, median, say, sides } from '../ratio.ts';
import { type Measured, perSecond, start } from './child.ts';
import { fillTopics, forgetProgress, simulatedEvents } from './inputs.ts';

/** What is measured lies between these shares of all events: all have joined, and none has run dry. */
const span = { from: 0.3, to: 0.9 };

/** A second monitor is started, and takes half of the load. */
export const scaleOutBench: Bench = {
  id: 'scale-out',
  async run({ quick, turns }) {
    const server = await startKafka({ say });
    try {
      const kafka = {
        brokers: server.brokers,
        clientId: 'bench',
        prefix: `bench-${randomUUID()}.`,
        inputPartitions: 12,
      };
      const events = quick ? 300_000 : 1_500_000;
      await fillTopics(kafka, simulatedEvents(events));
      const cpu: number[] = [];
      const cpuOfOne: number[] = [];
      const run = async (monitors: number) => {
        await forgetProgress(kafka);
        const side = { kind: 'member', kafka, warmUp: 0, events } as const;
        return together(
          Array.from({ length: monitors }, () => start(side)),
          events,
        );
      };
      const found = await inTurns(
        turns,
        async () => {
          const measured = await run(1);
          cpuOfOne.push(measured.cpuSeconds / measured.events);
          return perSecond(measured);
        },
        async () => {
          const measured = await run(2);
          cpu.push(measured.cpuSeconds / measured.events);
          return perSecond(measured);
        },
      );
      const byCpu = cpu.map((own, i) => own / cpuOfOne[i]!);
      return [
        {
          id: 'scale-out',
          figure: 'two monitors (stage A), events/s ÷ one',
          measured: found.ratio,
          turns: found.ratios,
          bounds: { min: 1.35 },
          detail: sides(found, 'events/s'),
        },
        {
          id: 'scale-out-cpu',
          figure: 'two monitors (stage A), CPU per event ÷ one',
          measured: median(byCpu),
          turns: byCpu,
          bounds: { max: 1.1 },
        },
      ];
    } finally {
      await server.stop();
    }
  },
};

/** Follows monitors, which tell how far they are, through the span; ends them. */
async function together(children: readonly ChildProcess[], events: number): Promise<Measured> {
  const told = children.map(() => ({ events: 0, cpuSeconds: 0 }));
  const total = () =>
    told.reduce((a, b) => ({ events: a.events + b.events, cpuSeconds: a.cpuSeconds + b.cpuSeconds }));
  const done = Promise.withResolvers<Measured>();
  let before: Measured | undefined;
  for (const [i, child] of children.entries()) {
    child.once('exit', () => done.reject(new Error('a monitor ended early')));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      told[i] = JSON.parse(line);
      const now = { ...total(), seconds: performance.now() / 1e3 };
      if (now.events < span.from * events) return;
      before ??= now;
      if (now.events < span.to * events) return;
      done.resolve({
        events: now.events - before.events,
        cpuSeconds: now.cpuSeconds - before.cpuSeconds,
        seconds: now.seconds - before.seconds,
      });
    });
  }
  try {
    return await done.promise;
  } finally {
    for (const child of children) child.stdin?.end();
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  }
}
