import { randomBytes } from 'node:crypto';
import { eventLogContract } from '@seamwatch/adapters/contract/event-log-contract.ts';
import { handOverMs } from '@seamwatch/adapters/contract/fixture.ts';
import { openKafkaEventLog } from '@seamwatch/adapters/kafka/kafka-event-log.ts';
import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { inject } from 'vitest';

const brokers = inject('kafka').bootstrap.split(',');
const freshPrefix = () => `test-${randomBytes(4).toString('hex')}.`;

eventLogContract('Kafka event log', async () => {
  const connection = { brokers, clientId: 'contract', prefix: freshPrefix() };
  await createTopics({ ...connection, inputPartitions: 3 });
  const opened: EventLog[] = [];
  return {
    open: async () => {
      const log = await openKafkaEventLog({ ...connection, handOverMs, sessionMs: 6_000 });
      opened.push(log);
      return log;
    },
    dispose: async () => {
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});
