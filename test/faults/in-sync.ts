import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const patienceMs = 120_000;

/** Resolves when every partition of a cluster, Kafka's own included, has all of its replicas again. */
export async function awaitInSync(bootstrap: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const kafka = new Kafka({ brokers: bootstrap.split(','), logLevel: logLevel.NOTHING });
  for (;;) {
    const missing = await replicasMissing(kafka).catch((error: unknown) => [String(error)]);
    if (missing.length === 0) return;
    if (performance.now() > deadline) {
      throw new Error(`replicas did not come back in ${patienceMs / 1_000} s: ${missing.slice(0, 5)}`);
    }
    await sleep(500);
  }
}

async function replicasMissing(kafka: Kafka): Promise<string[]> {
  const admin = kafka.admin({ retry: { retries: 0 } });
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata();
    return topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ isr, replicas }) => isr.length < replicas.length)
        .map(({ partitionId }) => `${name}-${partitionId}`),
    );
  } finally {
    await admin.disconnect();
  }
}
