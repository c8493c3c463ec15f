import { type KafkaLogOptions, openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import type { CommitPace } from '@seamwatch/monitor/commit-pace.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';

/** What a monitor in a process of its own is told. */
export interface MonitorWork {
  kafka: KafkaLogOptions;
  /** As in a policy file. */
  policy: unknown;
  ratesFrom: number;
  /** Default: small steps, so that a kill mostly hits the middle of one. */
  pace?: CommitPace;
  /** Tells on standard error what the Kafka adapter tells. */
  verbose?: boolean;
}

export const hashKey = new Uint8Array(16).fill(7);

const tell = (fields: object, text: string) =>
  void process.stderr.write(`${new Date().toISOString()} ${text} ${JSON.stringify(fields)}\n`);

/** Tries again while no broker answers, as every role of the program does. */
async function opened(kafka: KafkaLogOptions): Promise<EventLog> {
  for (;;) {
    try {
      return await openKafkaEventLog(kafka);
    } catch (error) {
      if (!(error instanceof SeamError) || error.code !== 'SEAM_KAFKA_UNREACHABLE') throw error;
      tell({}, error.message);
    }
  }
}

// Says `journeys` or `segments` with each step of a stage, until it is killed, or asked to end by SIGTERM.
if (process.argv[1] === import.meta.filename) {
  const work = JSON.parse(process.argv[2]!) as MonitorWork;
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  const log = await opened({
    ...work.kafka,
    ...(work.verbose && { log: { debug: () => {}, info: tell, warn: tell, error: tell } }),
  });
  await runMonitor({
    log,
    policy: policySchema.parse(work.policy),
    hashKey,
    signal: stop.signal,
    ratesFrom: work.ratesFrom,
    pace: work.pace ?? { records: 50, everyMs: 50 },
    onCommit: ({ stage, records }) => {
      if (records > 0) process.stdout.write(`${stage}\n`);
    },
  });
  await log.close();
}
