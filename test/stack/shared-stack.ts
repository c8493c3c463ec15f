import type { TestProject } from 'vitest/node';
import { type InfluxAddress, startInflux } from './influx.ts';
import { startKafka } from './kafka.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A Kafka of one broker that all integration tests share: use topics of your own. */
    kafka: { bootstrap: string };
    /** An InfluxDB that all integration tests share: use measurements or buckets of your own. */
    influx: InfluxAddress;
  }
}

/** Starts the servers that integration tests share, once for the whole run. */
export default async function sharedStack(project: TestProject): Promise<() => Promise<void>> {
  const [kafka, influx] = await Promise.allSettled([startKafka(), startInflux()]);
  const stop = async () => {
    if (kafka.status === 'fulfilled') await kafka.value.stop();
    if (influx.status === 'fulfilled') await influx.value.stop();
  };
  if (kafka.status === 'rejected' || influx.status === 'rejected') {
    await stop();
    throw kafka.status === 'rejected' ? kafka.reason : (influx as PromiseRejectedResult).reason;
  }
  const { url, org, bucket, token } = influx.value;
  project.provide('kafka', { bootstrap: kafka.value.bootstrap });
  project.provide('influx', { url, org, bucket, token });
  return stop;
}
