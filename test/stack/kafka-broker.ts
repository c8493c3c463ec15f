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
  };
}

/** Whether the broker at an address serves requests and its cluster has accepted it. */
export async function brokerIsReady(address: string, id: number): Promise<boolean> {
  const client = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING, retry: { retries: 0 } });
  const admin = client.admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    return brokers.some((broker) => broker.nodeId === id);
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
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
