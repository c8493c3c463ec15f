import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '../../stack/kafka.ts';
import { type Bench, digits, inTurns, say, sides } from '../ratio.ts';
import { quantile } from './arrivals.ts';
import { openHops } from './hops.ts';
import { latencies, type Path } from './path.ts';
import { openSeamwatch } from './seamwatch.ts';

const perSecond = 1_000;
/** Of the input, on either side. */
const partitions = 12;
const warmUpSeconds = 10;

/** From an event that is appended to the frame that shows it. */
export const latencyBench: Bench = {
  id: 'latency',
  async run({ quick, turns }) {
    const kafka = await startKafka({ say });
    const folder = await mkdtemp(join(tmpdir(), 'seamwatch-latency-'));
    const paths: Path[] = [];
    try {
      const prefix = `bench-${randomUUID()}.`;
      const hops = await openHops({ brokers: kafka.brokers, prefix, partitions, folder });
      paths.push(hops);
      const product = await openSeamwatch({ brokers: kafka.brokers, prefix, partitions, folder });
      paths.push(product);
      const seconds = quick ? 5 : 20;
      const p99 = async (name: string, path: Path) => {
        const found = await latencies(path, perSecond, seconds);
        say(`    ${name}: p50 ${digits(quantile(found, 0.5))} ms, p99 ${digits(quantile(found, 0.99))} ms`);
        return quantile(found, 0.99);
      };
      for (const path of paths) await latencies(path, perSecond, warmUpSeconds);
      const found = await inTurns(
        turns,
        () => p99('hops', hops),
        () => p99('seamwatch', product),
      );
      return [
        {
          id: 'latency',
          figure:
            'event appended → provisional rates at a client, p99 at 1,000 events/s ÷ two transactional kafkajs hops and a plain one',
          measured: found.ratio,
          turns: found.ratios,
          bounds: { max: 2, aim: 1.5 },
          detail: sides(found, 'ms'),
        },
      ];
    } finally {
      await Promise.all(paths.map((path) => path.close()));
      await kafka.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
