import { randomUUID } from 'node:crypto';
import { startKafka } from '../../stack/kafka.ts';
import { type Bench, inTurns, say, sides } from '../ratio.ts';
import { measure, perCpuSecond } from './child.ts';
import { fillTopics, forgetProgress, simulatedEvents } from './inputs.ts';

/** Stage A against the least that can be done with its topics. */
export const stageABench: Bench = {
  id: 'stage-a',
  async run({ quick, turns }) {
    const server = await startKafka({ say });
    try {
      const warmUp = quick ? 50_000 : 500_000;
      const events = quick ? 100_000 : 1_000_000;
      const kafka = {
        brokers: server.brokers,
        clientId: 'bench',
        prefix: `bench-${randomUUID()}.`,
        inputPartitions: 12,
      };
      await fillTopics(kafka, simulatedEvents(warmUp + events));
      const found = await inTurns(
        turns,
        async () =>
          perCpuSecond(
            await measure({
              kind: 'consume and parse',
              kafka,
              topics: ['interactions', 'surveys'],
              warmUp,
              events,
            }),
          ),
        async () => {
          const measured = await measure({ kind: 'stage A', kafka, warmUp, events });
          await forgetProgress(kafka);
          return perCpuSecond(measured);
        },
      );
      return [
        {
          id: 'stage-a',
          figure: 'stage A on Kafka, exactly once, events per CPU second ÷ kafkajs and JSON.parse',
          measured: found.ratio,
          turns: found.ratios,
          bounds: { min: 0.4, aim: 0.5 },
          detail: sides(found, 'events per CPU second'),
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
