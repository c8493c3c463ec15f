import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bucketsOf, ensureBuckets } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import { type KafkaLogOptions, openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { checkTopics, createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import type { MonitorWork } from '../integration/monitor-process.ts';
import { freePort } from '../stack/free-port.ts';
import { type Influx, startInflux } from '../stack/influx.ts';
import { type Kafka, startKafka } from '../stack/kafka.ts';
import { inputPartitions, ratesFrom, writtenPolicy } from './feed.ts';
import { until } from './followers.ts';
import type { FaultOptions } from './options.ts';
import { Service } from './service.ts';

const prefix = 'faults.';
/** Events are of last year, and must outlive the run. */
const retentionDays = 36_500;
const monitorScript = fileURLToPath(import.meta.resolve('../integration/monitor-process.ts'));
const seamwatch = fileURLToPath(import.meta.resolve('@seamwatch/cli/main.ts'));

/** Everything that runs: three brokers, InfluxDB, and the product's processes. */
export interface Installation {
  kafka: Kafka;
  influx: Influx;
  log: EventLog;
  monitors: [Service, Service];
  extraMonitor: (n: number) => Service;
  gateway: Service;
  recorder: Service;
  /** Of the stream. */
  url: string;
  /** Of the processes' logs. */
  folder: string;
  /** Ends the servers; `keepLogs` for a look at what went wrong. */
  close(keepLogs: boolean): Promise<void>;
}

/** Starts servers and processes. Throws where one cannot be had. */
export async function install(options: FaultOptions): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-faults-'));
  const [kafka, influx] = await Promise.all([
    startKafka({ brokers: 3, own: true }),
    startInflux({ own: true }),
  ]);
  const connection: KafkaLogOptions = { brokers: kafka.brokers, clientId: 'faults', prefix };
  await createTopics({ ...connection, inputPartitions });
  // New topics are not known to every broker at once.
  const known = () =>
    checkTopics(connection).then(
      () => true,
      () => false,
    );
  await until('all topics are as needed', known, 30_000);
  const { main, daily } = bucketsOf(influx.bucket);
  await ensureBuckets(influx, [
    { ...main, retentionDays },
    { ...daily, retentionDays },
  ]);

  const port = await freePort();
  const env = {
    SEAMWATCH_KAFKA_BROKERS: kafka.bootstrap,
    SEAMWATCH_KAFKA_TOPIC_PREFIX: prefix,
    SEAMWATCH_INFLUX_URL: influx.url,
    SEAMWATCH_INFLUX_ORG: influx.org,
    SEAMWATCH_INFLUX_BUCKET: influx.bucket,
    SEAMWATCH_INFLUX_TOKEN: influx.token,
    SEAMWATCH_PORT: String(port),
  };
  const monitor = (name: string, work: Partial<MonitorWork>) => {
    const whole: MonitorWork = {
      kafka: { ...connection, clientId: name, sessionMs: 6_000 },
      policy: writtenPolicy(options),
      ratesFrom,
      verbose: true,
      ...work,
    };
    return new Service({ name, folder, args: [monitorScript, JSON.stringify(whole)] });
  };
  const role = (name: string) => new Service({ name, folder, env, args: [seamwatch, name] });
  const log = await openKafkaEventLog(connection);
  return {
    kafka,
    influx,
    log,
    // One in small steps, so that kills mostly hit the middle of one; one as it is used.
    monitors: [monitor('monitor-a', {}), monitor('monitor-b', { pace: { records: 5_000, everyMs: 500 } })],
    extraMonitor: (n) => monitor(`monitor-extra-${n}`, {}),
    gateway: role('gateway'),
    recorder: role('recorder'),
    url: `ws://127.0.0.1:${port}/v1/stream`,
    folder,
    async close(keepLogs) {
      await log.close();
      await Promise.all([kafka.stop(), influx.stop()]);
      if (!keepLogs) rmSync(folder, { recursive: true, force: true });
    },
  };
}
