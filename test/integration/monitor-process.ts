import { type KafkaLogOptions, openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';

/** What a monitor in a process of its own is told. */
export interface MonitorWork {
  kafka: KafkaLogOptions;
  /** As in a policy file. */
  policy: unknown;
  ratesFrom: number;
}

// Says `journeys` or `segments` with each step of a stage, until it is killed.
if (process.argv[1] === import.meta.filename) {
  const { kafka, policy, ratesFrom } = JSON.parse(process.argv[2]!) as MonitorWork;
  const log = await openKafkaEventLog(kafka);
  await runMonitor({
    log,
    policy: policySchema.parse(policy),
    hashKey: new Uint8Array(16).fill(7),
    signal: new AbortController().signal,
    ratesFrom,
    pace: { records: 50, everyMs: 50 },
    onCommit: ({ stage, records }) => {
      if (records > 0) process.stdout.write(`${stage}\n`);
    },
  });
}
