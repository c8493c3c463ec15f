import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import {
  clientFrameSchema,
  heartbeatMs,
  type ServerFrame,
  serverFrameSchema,
  subprotocol,
} from '@seamwatch/contracts/frames.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Scenario } from './scenario.ts';

export interface FixtureServer {
  readonly url: string;
  readonly clients: number;
  scenario: Scenario;
  /** While true nothing is sent, not even heartbeats, and connections stay open. */
  silent: boolean;
  /** While true connections are refused. */
  down: boolean;
  /** Where set, reading needs a session with this token. */
  token: string | undefined;
  /** Sends a frame to every client; it must fit the protocol. */
  send(frame: ServerFrame): void;
  /** Appends an alert under the next number, sends it, and keeps it for those who come later. */
  raise(alert: AlertRecord): AlertRecord;
  /** Ends every connection with a code, or without any. */
  drop(code?: number): void;
  close(): Promise<void>;
}

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
// As strict as a server in front of the page may be.
const policy =
  "default-src 'self'; connect-src 'self' ws:; style-src 'self'; script-src 'self'; img-src 'self'";

/** Serves the built page and plays a scenario to it. For states that a real system reaches rarely. */
export async function startFixtureServer(root: string, scenario: Scenario, port = 0): Promise<FixtureServer> {
  const http = createServer((request, response) => void serve(request, response));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => subprotocol });
  const extra: AlertRecord[] = [];
  let sessions = 0;

  const fixture: FixtureServer = {
    get url() {
      return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    },
    get clients() {
      return sockets.clients.size;
    },
    scenario,
    silent: false,
    down: false,
    token: undefined,
    send(frame) {
      for (const socket of sockets.clients) sendTo(socket, frame);
    },
    raise(alert) {
      const numbered = { ...alert, seq: fixture.scenario.hello.lastSeq + 1 };
      const { hello, snapshot } = fixture.scenario;
      fixture.scenario = {
        ...fixture.scenario,
        hello: { ...hello, lastSeq: numbered.seq, firstSeq: hello.firstSeq || 1 },
        snapshot: { ...snapshot, alerts: [...snapshot.alerts.filter((a) => a.id !== alert.id), numbered] },
      };
      extra.push(numbered);
      fixture.send({ type: 'alert', alert: numbered });
      return numbered;
    },
    drop(code) {
      for (const socket of sockets.clients) code === undefined ? socket.terminate() : socket.close(code);
    },
    async close() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };

  function sendTo(socket: WebSocket, frame: ServerFrame): void {
    if (!fixture.silent) socket.send(JSON.stringify(serverFrameSchema.parse(frame)));
  }

  const mayRead = (request: IncomingMessage) =>
    fixture.token === undefined ||
    (sessions > 0 && request.headers.cookie?.includes(`session=${sessions}`) === true);

  http.on('upgrade', (request, socket, head) => {
    if (fixture.down || !mayRead(request)) {
      // Who is refused may be gone already.
      socket.on('error', () => {});
      return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      client.on('error', () => {});
      sendTo(client, fixture.scenario.hello);
      client.on('message', (data) => {
        const frame = clientFrameSchema.safeParse(JSON.parse(String(data)));
        if (!frame.success) return client.close(4002);
        if (frame.data.type === 'ping')
          return sendTo(client, { type: 'pong', now: new Date().toISOString() });
        sendTo(client, fixture.scenario.snapshot);
        sendTo(client, fixture.scenario.status);
        const after = frame.data.afterSeq ?? fixture.scenario.hello.lastSeq;
        for (const alert of extra) if (alert.seq > after) sendTo(client, { type: 'alert', alert });
      });
    });
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const json = (status: number, body: unknown, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    if (pathname === '/v1/session') {
      if (request.method !== 'POST') return void json(200, { role: null, mayRead: mayRead(request) });
      let text = '';
      for await (const chunk of request) text += chunk;
      if (JSON.parse(text).token !== fixture.token) return void json(401, { code: 'SEAM_UNAUTHORISED' });
      sessions += 1;
      return void json(
        200,
        { role: 'view', mayRead: true },
        { 'set-cookie': `session=${sessions}; HttpOnly; Path=/` },
      );
    }
    if (pathname.startsWith('/v1/')) {
      if (fixture.down) return void json(503, { code: 'SEAM_NOT_READY' });
      if (!mayRead(request)) return void json(401, { code: 'SEAM_UNAUTHORISED' });
      const id = decodeURIComponent(/^\/v1\/segments\/([^/]+)\/days$/.exec(pathname)?.[1] ?? '');
      const days = fixture.scenario.days.get(id);
      return void (days ? json(200, { segment: id, ...days }) : json(404, { code: 'SEAM_NOT_FOUND' }));
    }
    const file = join(root, normalize(pathname === '/' ? '/index.html' : pathname));
    try {
      const body = await readFile(file);
      const type = contentTypes[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }

  const heartbeat = setInterval(() => {
    fixture.send({ ...fixture.scenario.status, now: new Date().toISOString() });
  }, heartbeatMs);
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  return fixture;
}
