import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { runJourneys } from '@seamwatch/monitor/monitor.ts';
import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';

/** Stage A as the monitor runs it: exactly once, changelog on, full validation. */
export async function stageA(side: {
  kafka: TopicOptions;
  warmUp: number;
  events: number;
}): Promise<Measured> {
  const log = await openKafkaEventLog(side.kafka);
  const stop = new AbortController();
  const stopwatch = new Stopwatch(side);
  const done = Promise.withResolvers<Measured>();
  const running = runJourneys({
    log,
    policy: policySchema.parse({ version: 1 }),
    hashKey: new Uint8Array(16).fill(7),
    signal: stop.signal,
    onCommit: ({ records }) => {
      stopwatch.add(records);
      if (stopwatch.done) done.resolve(stopwatch.measured());
    },
  });
  running.catch(done.reject);
  const measured = await done.promise;
  stop.abort();
  await running;
  return measured;
}
