import { SeamError } from '@seamwatch/contracts/errors.ts';

/** Error codes of Kafka's protocol that are told apart here. */
export const kafkaCode = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  notLeader: 6,
  requestTimedOut: 7,
  brokerNotAvailable: 8,
  replicaNotAvailable: 9,
  messageTooLarge: 10,
  networkException: 13,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  recordListTooLarge: 18,
  notEnoughReplicas: 19,
  notEnoughReplicasAfterAppend: 20,
  illegalGeneration: 22,
  unknownMember: 25,
  rebalanceInProgress: 27,
  topicAuthorizationFailed: 29,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  concurrentTransactions: 51,
  transactionCoordinatorFenced: 52,
  storageError: 56,
  unknownProducerId: 59,
  fencedLeaderEpoch: 74,
  unknownLeaderEpoch: 75,
  offsetNotAvailable: 78,
  unstableOffsetCommit: 88,
  producerFenced: 90,
} as const;

const codeNames = new Map<number, string>(Object.entries(kafkaCode).map(([name, code]) => [code, name]));

/** An error code that a broker answered. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly code: number;
  constructor(code: number, about: string) {
    super(`${about}: ${codeNames.get(code) ?? 'Kafka error'} (${code})`);
    this.code = code;
  }
}

const fenced: ReadonlySet<number> = new Set([
  kafkaCode.outOfOrderSequence,
  kafkaCode.invalidProducerEpoch,
  kafkaCode.invalidTxnState,
  kafkaCode.invalidProducerIdMapping,
  kafkaCode.transactionCoordinatorFenced,
  kafkaCode.unknownProducerId,
  kafkaCode.producerFenced,
]);

const passing: ReadonlySet<number> = new Set([
  kafkaCode.unknownTopicOrPartition,
  kafkaCode.leaderNotAvailable,
  kafkaCode.notLeader,
  kafkaCode.requestTimedOut,
  kafkaCode.brokerNotAvailable,
  kafkaCode.replicaNotAvailable,
  kafkaCode.networkException,
  kafkaCode.coordinatorLoading,
  kafkaCode.coordinatorNotAvailable,
  kafkaCode.notCoordinator,
  kafkaCode.notEnoughReplicas,
  kafkaCode.notEnoughReplicasAfterAppend,
  kafkaCode.concurrentTransactions,
  kafkaCode.storageError,
  kafkaCode.fencedLeaderEpoch,
  kafkaCode.unknownLeaderEpoch,
  kafkaCode.offsetNotAvailable,
  kafkaCode.unstableOffsetCommit,
]);

/** The broker's error code behind an error, if a broker has answered with one. */
export function codeOf(error: unknown): number | undefined {
  for (let e = error; e instanceof Error; e = e.cause) {
    const { code } = e as Error & { code?: unknown };
    // kafkajs gives -99 for codes that are newer than itself, and the number in words.
    if (code === -99) return Number(/error code (\d+)/.exec(e.message)?.[1] ?? code);
    if (typeof code === 'number') return code;
  }
  return undefined;
}

/** Whether the way to a broker failed, rather than the broker refusing. Includes kafkajs's own races while it reconnects. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || codeOf(error) !== undefined) return false;
  if (error.name === 'KafkaJSSASLAuthenticationError') return false;
  return error.name.startsWith('KafkaJS') || error instanceof TypeError;
}

/** Trying again may help. */
export function isPassing(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined ? isUnreachable(error) : passing.has(code);
}

/** Another producer has taken the transactional id, or the broker no longer knows this one. */
export function isFenced(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && fenced.has(code);
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const missingTopic = (topic: string): SeamError =>
  new SeamError('SEAM_KAFKA_TOPIC', `topic ${topic} is missing: create it with \`seamwatch topics create\``);
