import { ByteReader } from './byte-reader.ts';

/** A request of Kafka's protocol that is encoded here rather than by the client library. */
export interface WireRequest<T> {
  apiKey: number;
  apiVersion: number;
  apiName: string;
  body: Buffer;
  decode: (reader: ByteReader) => T;
  /** How long the broker may hold the answer back, in ms. */
  waitMs?: number;
}

/** What kafkajs's connections send: its own requests have this shape too. */
export interface ClientRequest {
  request: {
    apiKey: number;
    apiVersion: number;
    apiName: string;
    encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
  };
  response: { decode: (payload: Buffer) => Promise<unknown>; parse: (data: unknown) => Promise<unknown> };
  requestTimeout?: number;
}

/** How long an answer may take beyond what the broker may hold it back for. */
const answerMs = 15_000;

/** Wraps a request for kafkajs's connections. */
export function clientRequest<T>(request: WireRequest<T>): ClientRequest {
  const { apiKey, apiVersion, apiName, body, decode, waitMs = 0 } = request;
  return {
    request: { apiKey, apiVersion, apiName, encode: async () => ({ buf: body, buffer: body }) },
    response: {
      // An object, because the connection looks for a throttle time in it.
      decode: async (payload) => ({ result: decode(new ByteReader(payload)) }),
      parse: async (data) => data,
    },
    requestTimeout: answerMs + waitMs,
  };
}
