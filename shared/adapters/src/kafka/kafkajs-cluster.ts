import type { Cluster, Kafka } from 'kafkajs';
import './kafkajs-repairs.ts';
import type { ClientConnection } from './wire/wire-request.ts';

/**
 * kafkajs gives its `Cluster` (connections, TLS, SASL, metadata, all requests of the protocol) to partition assigners. Used
 * directly it has none of the faults of its producer and consumer; see the decision record. These are the parts that its
 * types leave out.
 */
export interface ClientBroker {
  nodeId: number;
  /** Two connections: one for requests that wait for events, one for all others. Connects where that is necessary. */
  connectionPool: {
    getConnectionByRequest(of: { request: { apiKey: number } }): Promise<ClientConnection>;
  };
  disconnect(): Promise<void>;
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: { name: string; metadata: Buffer }[];
  }): Promise<{
    generationId: number;
    leaderId: string;
    memberId: string;
    members: { memberId: string; memberMetadata: Buffer }[];
  }>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: TopicPositions[];
  }): Promise<unknown>;
  offsetFetch(request: {
    groupId: string;
    topics: { topic: string; partitions: { partition: number }[] }[];
  }): Promise<{ responses: TopicPositions[] }>;
  listOffsets(request: {
    replicaId: number;
    isolationLevel: 0 | 1;
    topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
  }): Promise<{ responses: TopicPositions[] }>;
  initProducerId(request: {
    transactionalId: string | null;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(
    request: TransactionId & { topics: { topic: string; partitions: number[] }[] },
  ): Promise<unknown>;
  addOffsetsToTxn(request: TransactionId & { groupId: string }): Promise<unknown>;
  txnOffsetCommit(request: TransactionId & { groupId: string; topics: TopicPositions[] }): Promise<unknown>;
  endTxn(request: TransactionId & { transactionResult: boolean }): Promise<unknown>;
}

export interface TransactionId {
  transactionalId: string;
  producerId: string;
  producerEpoch: number;
}

export interface TopicPositions {
  topic: string;
  partitions: { partition: number; offset: string }[];
}

export interface ClientCluster
  extends Omit<Cluster, 'findBroker' | 'findGroupCoordinator' | 'findControllerBroker'> {
  findBroker(node: { nodeId: string }): Promise<ClientBroker>;
  findControllerBroker(): Promise<ClientBroker>;
  findGroupCoordinator(request: { groupId: string; coordinatorType: 0 | 1 }): Promise<ClientBroker>;
}

/** A cluster of its own, not connected yet; read-committed. The consumer that it comes from is never run. */
export function clusterOf(kafka: Kafka): ClientCluster {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'none',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (options) => {
        cluster = options.cluster;
        const assign = async () => [];
        return {
          name: 'none',
          version: 0,
          assign,
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  return cluster as unknown as ClientCluster;
}
