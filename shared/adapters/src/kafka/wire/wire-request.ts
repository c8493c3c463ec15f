import type { Writable } from 'node:stream';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, stringSize } from './byte-writer.ts';

/** A request of Kafka's protocol that is encoded here rather than by the client library. */
export interface WireRequest<T> {
  apiKey: number;
  apiVersion: number;
  apiName: string;
  /** Its bytes behind the header, in order. */
  body: readonly Buffer[];
  decode: (reader: ByteReader) => T;
  /** How long the broker may hold the answer back, in ms. */
  waitMs?: number;
}

/** What a connection of kafkajs has, and what is used of it here. */
export interface ClientConnection {
  readonly clientId: string;
  readonly socket: Writable;
  readonly requestQueue: {
    push(request: {
      entry: Pick<WireRequest<unknown>, 'apiKey' | 'apiVersion' | 'apiName'> & {
        correlationId: number;
        resolve: (answer: { payload: Buffer }) => void;
        reject: (error: unknown) => void;
      };
      expectResponse: boolean;
      requestTimeout: number;
      sendRequest: () => void;
    }): void;
  };
  isAuthenticated(): boolean;
  authenticate(): Promise<void>;
  failIfNotConnected(): void;
  nextCorrelationId(): number;
}

/** How long an answer may take beyond what the broker may hold it back for. */
const answerMs = 15_000;

/**
 * Sends a request over a connection of kafkajs, in line with its own. Its `send` would copy the body three times on the way, each
 * time into new memory.
 */
export async function sendRequest<T>(connection: ClientConnection, request: WireRequest<T>): Promise<T> {
  if (!connection.isAuthenticated()) await connection.authenticate();
  connection.failIfNotConnected();
  const { apiKey, apiVersion, apiName, body, decode, waitMs = 0 } = request;
  const correlationId = connection.nextCorrelationId();
  const header = headerOf(request, correlationId, connection.clientId);
  const { payload } = await new Promise<{ payload: Buffer }>((resolve, reject) => {
    connection.requestQueue.push({
      entry: { apiKey, apiVersion, apiName, correlationId, resolve, reject },
      expectResponse: true,
      requestTimeout: answerMs + waitMs,
      sendRequest: () => {
        const { socket } = connection;
        socket.cork();
        for (const bytes of [header, ...body]) socket.write(bytes);
        socket.uncork();
      },
    });
  });
  return decode(new ByteReader(payload));
}

function headerOf(
  { apiKey, apiVersion, body }: WireRequest<unknown>,
  correlationId: number,
  clientId: string,
): Buffer {
  const size = 2 + 2 + 4 + stringSize(clientId);
  const bodySize = body.reduce((sum, { length }) => sum + length, 0);
  return new ByteWriter(4 + size)
    .int32(size + bodySize)
    .int16(apiKey)
    .int16(apiVersion)
    .int32(correlationId)
    .string(clientId).buffer;
}
