import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { runJourneys } from '@seamwatch/monitor/monitor.ts';
import type { Measured } from '../child.ts';
import { stopwatch } from '../stopwatch.ts';

/** Stage A as the monitor runs it: exactly once, changelog on, full validation. */
export async function stageA(side: { kafka: TopicOptions; events: number }): Promise<Measured> {
  const log = await openKafkaEventLog(side.kafka);
  const stop = new AbortController();
  const done = Promise.withResolvers<Measured>();
  let events = 0;
  let measured: ReturnType<typeof stopwatch> | undefined;
  const running = runJourneys({
    log,
    policy: policySchema.parse({ version: 1 }),
    hashKey: new Uint8Array(16).fill(7),
    signal: stop.signal,
    onCommit: ({ records }) => {
      // The first batch is not counted for the baseline either.
      measured ??= stopwatch();
      events += records;
      if (events === side.events) done.resolve(measured(events));
    },
  });
  return Promise.race([done.promise, running.then(() => Promise.reject(new Error('stage A ended early')))]);
}
