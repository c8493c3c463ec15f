import { SeamError } from '@seamwatch/contracts/errors.ts';
import kafkajs, { type Kafka, type SASLOptions } from 'kafkajs';
import { answerSocket } from './answer-socket.ts';
import type { KafkaCluster } from './cluster.ts';
import { codeOf, messageOf } from './errors.ts';
import type { LogSink } from './log-sink.ts';

/** How to reach a Kafka cluster. */
export interface KafkaConnection {
  /** host:port of some brokers; the others are found through them. */
  brokers: readonly string[];
  clientId: string;
  /** True for the system's certificates, or the CA's as PEM. */
  tls?: boolean | { ca: string };
  sasl?: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string };
  log?: LogSink;
}

const connectMs = 1_500;
const requestMs = 15_000;
/** Time for a first answer from any broker. */
const firstAnswerMs = 5_000;

export function kafkaClient(connection: KafkaConnection, log: LogSink): Kafka {
  const { brokers, clientId, tls, sasl } = connection;
  return new kafkajs.Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: connectMs,
    requestTimeout: requestMs,
    socketFactory: answerSocket,
    ...(tls && { ssl: tls === true ? true : { ca: [tls.ca] } }),
    ...(sasl && { sasl: sasl as SASLOptions }),
    // Trying again is this adapter's business.
    retry: { retries: 0 },
    logLevel: kafkajs.logLevel.WARN,
    // What it calls an error, it mostly recovers from; what it does not reaches our callers as an error.
    logCreator:
      () =>
      ({ namespace, log: { message, timestamp: _, logger: __, stack: ___, ...fields } }) =>
        log.debug(fields, `${namespace}: ${message}`),
  });
}

/** Connects, or throws `SEAM_KAFKA_UNREACHABLE` within seconds, for the caller to try again. */
export async function connectFirst(cluster: KafkaCluster, { brokers, sasl }: KafkaConnection): Promise<void> {
  let last: unknown;
  const unreachable = (cause: unknown) => {
    const why = cause === undefined ? `no answer within ${firstAnswerMs / 1_000} s` : messageOf(cause);
    const hint = sasl ? '; check address, TLS, user and password' : '; check address and TLS';
    return new SeamError('SEAM_KAFKA_UNREACHABLE', `no broker of ${brokers.join(', ')}: ${why}${hint}`, {
      cause,
    });
  };
  const connecting = cluster.insist(
    () =>
      cluster.connect().catch((error: unknown) => {
        last = error;
        throw error;
      }),
    { forMs: firstAnswerMs - connectMs },
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(last), firstAnswerMs);
  });
  try {
    await Promise.race([connecting, late]);
  } catch (error) {
    await cluster.close();
    throw unreachable(codeOf(error) === undefined ? (error ?? last) : error);
  } finally {
    clearTimeout(timer);
  }
}
