import { alertRecord } from '@seamwatch/contracts/records.fixture.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import type { Socket, SocketConstructor } from './socket.ts';

/** For tests: one end of a connection that the test controls. */
export class FakeSocket implements Socket {
  onopen: ((event: never) => unknown) | null = null;
  onmessage: ((event: never) => unknown) | null = null;
  onerror: ((event: never) => unknown) | null = null;
  onclose: ((event: never) => unknown) | null = null;
  readonly url: string;
  readonly protocols: string[];
  readonly sent: string[] = [];
  closed = false;
  onSend: (text: string) => void = () => {};

  constructor(url: string, protocols: string[] = []) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    if (this.closed) throw new Error('the socket is closed');
    this.sent.push(text);
    this.onSend(text);
  }

  close(): void {
    this.closed = true;
  }

  /** A frame of the server arrives. */
  deliver(frame: unknown): void {
    const data = typeof frame === 'string' ? frame : JSON.stringify(frame);
    (this.onmessage as ((event: { data: unknown }) => void) | null)?.({ data });
  }

  /** The server, or the network, ends the connection. */
  end(code = 1006, reason = ''): void {
    this.closed = true;
    (this.onclose as ((event: { code: number; reason: string }) => void) | null)?.({ code, reason });
  }
}

const time = '2026-03-12T09:14:00.000Z';

/** For tests: a server that keeps alerts and answers `subscribe` as the gateway does. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  alerts: AlertRecord[] = [];
  /** While true nobody can connect. */
  down = false;
  readonly Implementation: SocketConstructor;

  constructor() {
    const server = this;
    this.Implementation = class extends FakeSocket {
      constructor(url: string, protocols?: string[]) {
        super(url, protocols);
        server.sockets.push(this);
        this.onSend = (text) => server.#answer(this, JSON.parse(text));
      }
    };
  }

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  hello(): void {
    this.socket.deliver({
      type: 'hello',
      now: time,
      asOf: time,
      firstSeq: this.alerts[0]?.seq ?? 0,
      lastSeq: this.alerts.at(-1)?.seq ?? 0,
      simulated: false,
      minimumN: 20,
      timeZone: 'Europe/Berlin',
    });
  }

  /** The newest socket opens, or fails while the server is down. */
  accept(): void {
    if (this.down) this.socket.end();
    else this.hello();
  }

  #answer(socket: FakeSocket, frame: { type: string; afterSeq?: number }): void {
    if (frame.type === 'ping') socket.deliver({ type: 'pong', now: time });
    if (frame.type !== 'subscribe') return;
    socket.deliver({ type: 'snapshot', asOf: time, segments: [], rates: [], weeks: [], alerts: [] });
    const after = frame.afterSeq ?? this.alerts.at(-1)?.seq ?? 0;
    for (const alert of this.alerts) if (alert.seq > after) socket.deliver({ type: 'alert', alert });
  }

  /** A new alert is appended, and sent where a socket is open. */
  raise(send = true): AlertRecord {
    const alert = anAlert((this.alerts.at(-1)?.seq ?? 0) + 1);
    this.alerts.push(alert);
    if (send) this.socket.deliver({ type: 'alert', alert });
    return alert;
  }
}

export const anAlert = (seq: number): AlertRecord => alertRecord(time, { seq, id: `a-${seq}` });
