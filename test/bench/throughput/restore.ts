import { randomUUID } from 'node:crypto';
import { startKafka } from '../../stack/kafka.ts';
import { type Bench, median, say } from '../ratio.ts';
import { compareSpeed, measure } from './child.ts';
import { fillCustomers } from './customers.ts';

const inputPartitions = 12;

/** What a restart does: customers from the changelog, against reading as many as JSON. */
export const restoreBench: Bench = {
  id: 'restore',
  async run({ quick, turns }) {
    const server = await startKafka({ say });
    try {
      const kafka = { brokers: server.brokers, clientId: 'bench', prefix: `bench-${randomUUID()}.` };
      // Fewer are read in less time than it takes to compile the code.
      const customers = quick ? 300_000 : 1_000_000;
      const records = await fillCustomers({ ...kafka, inputPartitions }, customers);
      const counts = { warmUp: 0, events: customers };
      const found = await compareSpeed(
        turns,
        'records',
        () => measure({ kind: 'consume and parse', kafka, topics: ['customers'], ...counts }),
        () => measure({ kind: 'restore', kafka, warmUp: 0, events: records }),
      );
      // The quick form lasts half a second, often beside other work: the clock would say nothing.
      const ratios = quick ? found.byCpu : found.ratios;
      return [
        {
          id: 'restore',
          figure: `customers restored from the changelog, records/${quick ? 'CPU second' : 's'} ÷ kafkajs and JSON.parse`,
          measured: median(ratios),
          turns: ratios,
          bounds: { min: 0.8, aim: 1 },
          detail: found.detail,
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
