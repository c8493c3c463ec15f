import { Kafka, logLevel } from 'kafkajs';
import type { Server } from './server.ts';

/** Settings that keep a broker small and quick to start; `nodes` is the size of its cluster. */
export function brokerProperties(id: number, nodes: number): Record<string, string> {
  const replicas = String(nodes);
  const inSync = String(Math.min(nodes, 2));
  return {
    'node.id': String(id),
    'process.roles': 'broker,controller',
    'controller.listener.names': 'CONTROLLER',
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': '8388608',
    'auto.create.topics.enable': 'false',
    // A killed broker may come back only when its session has run out: 9 s by default.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
  };
}

/** The ids of the brokers that a cluster holds to be alive. Throws if no answer is to be had. */
export async function aliveBrokers(bootstrap: string): Promise<number[]> {
  const brokers = bootstrap.split(',');
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } }).admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.map((broker) => broker.nodeId).sort();
  } finally {
    await admin.disconnect();
  }
}

/** Whether the broker at an address serves requests and its cluster has accepted it. */
export async function brokerIsReady(address: string, id: number): Promise<boolean> {
  const alive = await aliveBrokers(address).catch((): number[] => []);
  return alive.includes(id);
}

/** The text of a properties file. */
export function propertiesText(properties: Record<string, string>): string {
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** One broker of a cluster. */
export interface Broker extends Server {
  /** host:port */
  address: string;
}
