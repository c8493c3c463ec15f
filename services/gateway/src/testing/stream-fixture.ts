import { type ServerFrame, serverFrameSchema, subprotocol } from '@seamwatch/contracts/frames.ts';
import { onTestFinished } from 'vitest';
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';
import { until } from './gateway-fixture.ts';

type Frame<T extends ServerFrame['type']> = Extract<ServerFrame, { type: T }>;

/** A client that remembers every frame, checked against the contract. */
export class TestClient {
  readonly socket: WebSocket;
  readonly frames: ServerFrame[] = [];
  closed: { code: number; reason: string } | undefined;

  constructor(url: string, protocols: string[] = [subprotocol], options: ClientOptions = {}) {
    this.socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, protocols, options);
    this.socket.on('message', (data) => {
      this.frames.push(serverFrameSchema.parse(JSON.parse(data.toString())));
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('error', () => {});
    onTestFinished(() => this.socket.terminate());
  }

  of<T extends ServerFrame['type']>(type: T): Frame<T>[] {
    return this.frames.filter((frame): frame is Frame<T> => frame.type === type);
  }

  get alertNumbers(): number[] {
    return this.of('alert').map(({ alert }) => alert.seq);
  }

  send(frame: object): void {
    this.socket.send(JSON.stringify(frame));
  }

  /** Waits for `count` frames of a type; gives the last. */
  async next<T extends ServerFrame['type']>(type: T, count = 1): Promise<Frame<T>> {
    return until(`${count} × ${type}`, () => this.of(type)[count - 1]);
  }

  async end(): Promise<{ code: number; reason: string }> {
    return until('the connection to end', () => this.closed);
  }
}

/** Connects and subscribes; resolves once the snapshot is there. */
export async function subscribed(url: string, subscription: object = {}): Promise<TestClient> {
  const client = new TestClient(url);
  await client.next('hello');
  client.send({ type: 'subscribe', ...subscription });
  await client.next('snapshot');
  return client;
}
