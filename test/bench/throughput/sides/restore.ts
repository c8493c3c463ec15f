import { once } from 'node:events';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import { journeysSpec } from '@seamwatch/monitor/monitor.ts';
import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';

/** All units restore their state, as the monitor does when they are assigned to it. */
export async function restore(side: {
  kafka: TopicOptions;
  warmUp: number;
  events: number;
}): Promise<Measured> {
  const log = await openKafkaEventLog(side.kafka);
  const policy = policySchema.parse({ version: 1 });
  const stop = new AbortController();
  let stopwatch: Stopwatch | undefined;
  const done = Promise.withResolvers<Measured>();
  const running = log.participate(
    journeysSpec,
    async (unit) => {
      stopwatch ??= new Stopwatch(side);
      const journeys = new Journeys({ partition: unit.partition, policy, hashKey: new Uint8Array(16) });
      let records = 0;
      for (const changelog of ['journeys', 'outcomes'] as const) {
        await unit.restore(changelog, (record) => {
          journeys.restore(record.key, record.value);
          records++;
        });
      }
      journeys.restored();
      stopwatch.add(records);
      if (stopwatch.done) done.resolve(stopwatch.measured());
      await once(stop.signal, 'abort');
    },
    stop.signal,
  );
  running.catch(done.reject);
  const measured = await done.promise;
  stop.abort();
  await running;
  return measured;
}
