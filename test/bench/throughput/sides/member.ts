import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { runJourneys } from '@seamwatch/monitor/monitor.ts';

const tellEveryMs = 100;

/** Stage A as one of several; tells its events and its CPU time so far, until its standard input ends. */
export async function member(side: { kafka: TopicOptions }): Promise<undefined> {
  const log = await openKafkaEventLog(side.kafka);
  const stop = new AbortController();
  let events = 0;
  process.stdin.on('end', () => stop.abort()).resume();
  const telling = setInterval(() => {
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ events, cpuSeconds: (user + system) / 1e6 }));
  }, tellEveryMs);
  await runJourneys({
    log,
    policy: policySchema.parse({ version: 1 }),
    hashKey: new Uint8Array(16).fill(7),
    signal: stop.signal,
    onCommit: ({ records }) => {
      events += records;
    },
  });
  clearInterval(telling);
}
