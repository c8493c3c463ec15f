import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { anAlert, FakeServer } from './fake-server.ts';
import { type ConnectionState, type ConnectOptions, connect, type StreamConnection } from './index.ts';

let server: FakeServer;
let open: StreamConnection[] = [];

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-03-12T09:14:00Z') });
  server = new FakeServer();
});
afterEach(() => {
  for (const connection of open) connection.close();
  open = [];
  vi.useRealTimers();
});

function start(options: Partial<ConnectOptions> = {}) {
  const connection = connect({
    url: 'https://desk.example/v1/stream',
    WebSocketImpl: server.Implementation,
    random: () => 0,
    ...options,
  });
  open.push(connection);
  const states: ConnectionState[] = [];
  const alerts: number[] = [];
  const gaps: unknown[] = [];
  const problems: string[] = [];
  connection.on('state', (s) => states.at(-1) !== s.state && states.push(s.state));
  connection.on('alert', (a) => alerts.push(a.seq));
  connection.on('gap', (g) => gaps.push(g));
  connection.on('problem', (p) => problems.push(p.text));
  vi.advanceTimersByTime(0);
  return { connection, states, alerts, gaps, problems };
}
const live = (options: Partial<ConnectOptions> = {}) => {
  const client = start(options);
  server.accept();
  return client;
};
const frames = () => server.socket.sent.map((text) => JSON.parse(text) as Record<string, unknown>);

test('it goes live with the first frame and subscribes from where the server stands', () => {
  server.alerts = [anAlert(1), anAlert(2)];
  const { connection, states, alerts } = live({ segments: ['ai'] });
  expect(states).toEqual(['connecting', 'live']);
  expect(server.socket.url).toBe('wss://desk.example/v1/stream');
  expect(frames()).toEqual([{ type: 'subscribe', segments: ['ai'], afterSeq: 2 }]);
  expect(alerts).toEqual([]);
  expect(connection.lastSeq).toBe(2);
});

test('a caller that knows the last alert gets every later one', () => {
  server.alerts = [1, 2, 3, 4].map(anAlert);
  expect(live({ afterSeq: 2 }).alerts).toEqual([3, 4]);
});

test('after a reconnect every missed alert arrives, in order, once', () => {
  const { alerts } = live();
  server.raise();
  server.socket.end();
  server.raise(false);
  server.raise(false);
  vi.advanceTimersByTime(250);
  server.accept();
  server.raise();
  expect(alerts).toEqual([1, 2, 3, 4]);
});

test('a repeated alert is dropped', () => {
  const { alerts } = live();
  const alert = server.raise();
  server.socket.deliver({ type: 'alert', alert });
  expect(alerts).toEqual([1]);
});

test('an alert from before the point of resumption is dropped, and costs no reconnect', () => {
  server.alerts = [1, 2, 3].map(anAlert);
  const { alerts } = live({ afterSeq: 3 });
  server.socket.deliver({ type: 'alert', alert: anAlert(1) });
  server.raise();
  expect(alerts).toEqual([4]);
  expect(server.sockets).toHaveLength(1);
});

test('a hole in the numbers makes the client ask again from before the hole', () => {
  const { alerts, gaps } = live();
  server.raise();
  server.raise(false);
  server.raise();
  expect(alerts).toEqual([1]);
  vi.advanceTimersByTime(250);
  server.accept();
  expect(frames()[0]).toMatchObject({ afterSeq: 1 });
  expect(alerts).toEqual([1, 2, 3]);
  expect(gaps).toEqual([]);
});

test('alerts that the server has lost are reported, and the rest still arrives', () => {
  const { alerts, gaps } = live();
  server.raise();
  server.alerts.push(anAlert(3));
  server.socket.deliver({ type: 'alert', alert: anAlert(3) });
  vi.advanceTimersByTime(250);
  server.accept();
  server.raise();
  expect(alerts).toEqual([1, 3, 4]);
  expect(gaps).toEqual([{ from: 2, to: 2, reason: 'missing' }]);
});

test('alerts older than what the server keeps are reported as expired', () => {
  server.alerts = [8, 9].map(anAlert);
  const { alerts, gaps } = live({ afterSeq: 4 });
  expect(gaps).toEqual([{ from: 5, to: 7, reason: 'expired' }]);
  expect(alerts).toEqual([8, 9]);
});

test('a server that is set up anew is followed from its own numbers', () => {
  server.alerts = [1, 2, 3].map(anAlert);
  const { alerts } = live();
  server.socket.end();
  server.alerts = [];
  vi.advanceTimersByTime(250);
  server.accept();
  server.raise();
  expect(alerts).toEqual([1]);
});

test('a server that has forgotten its last alerts for a moment does not make them arrive twice', () => {
  const { alerts } = live();
  server.raise();
  server.raise();
  const all = server.alerts;
  server.socket.end();
  server.alerts = all.slice(0, 1);
  vi.advanceTimersByTime(250);
  server.accept();
  for (const alert of [...all.slice(1), anAlert(3)]) server.socket.deliver({ type: 'alert', alert });
  expect(alerts).toEqual([1, 2, 3]);
});

test('whatever the network does, alerts arrive in order, once, and all of them', () => {
  const step = fc.constantFrom('raise', 'lose', 'drop', 'repeat', 'wait', 'refuse');
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      server = new FakeServer();
      const { connection, alerts, gaps } = live();
      const isOpen = () => !server.socket.closed && server.socket.sent.length > 0;
      const reconnect = () => {
        vi.advanceTimersByTime(30_000);
        if (!server.socket.closed && server.socket.sent.length === 0) server.accept();
      };
      for (const name of steps) {
        if (name === 'raise') server.raise(isOpen());
        if (name === 'lose') server.raise(false);
        if (name === 'drop' && isOpen()) server.socket.end(4008);
        if (name === 'repeat' && isOpen())
          for (const alert of server.alerts.slice(-2)) server.socket.deliver({ type: 'alert', alert });
        if (name === 'wait') reconnect();
        if (name === 'refuse' && !server.socket.closed && !isOpen()) server.socket.end();
      }
      server.down = false;
      if (isOpen()) server.socket.end();
      for (let i = 0; i < 3; i++) reconnect();
      expect(alerts).toEqual(server.alerts.map((a) => a.seq));
      expect(gaps).toEqual([]);
      connection.close();
    }),
    { numRuns: 200 },
  );
});

test('it pings after 15 s of silence, and is stale after 30 s', () => {
  const { connection, states } = live();
  server.socket.onSend = () => {};
  vi.advanceTimersByTime(29_999);
  expect(frames().at(-1)).toEqual({ type: 'ping' });
  expect(connection.status.state).toBe('live');
  vi.advanceTimersByTime(1);
  expect(states).toEqual(['connecting', 'live', 'stale']);
  expect(connection.status.lastFrameAt).toBe(Date.parse('2026-03-12T09:14:00Z'));
});

test('an answered ping keeps it live', () => {
  const { connection } = live();
  vi.advanceTimersByTime(600_000);
  expect(connection.status.state).toBe('live');
  expect(server.sockets).toHaveLength(1);
});

test('a silent socket is replaced, and the next frame ends the staleness', () => {
  const { connection, states } = live();
  server.socket.onSend = () => {};
  vi.advanceTimersByTime(30_250);
  expect(server.sockets).toHaveLength(2);
  expect(server.sockets[0]?.closed).toBe(true);
  server.accept();
  expect(states).toEqual(['connecting', 'live', 'stale', 'live']);
  expect(connection.status.reason).toBeNull();
});

test('a lost connection is disconnected at once and stale 30 s after the last frame', () => {
  const { connection, states } = live();
  vi.advanceTimersByTime(5_000);
  server.down = true;
  server.socket.end();
  expect(connection.status).toMatchObject({ state: 'disconnected', reason: 'the connection was lost' });
  for (let s = 5; s < 31; s++) {
    vi.advanceTimersByTime(1_000);
    if (!server.socket.closed) server.accept();
  }
  expect(states.at(-1)).toBe('stale');
  expect(states.slice(0, 3)).toEqual(['connecting', 'live', 'disconnected']);
});

test('waits between attempts double up to 30 s and are spread by chance', () => {
  const waits: number[] = [];
  const { connection } = start({ random: () => 0.5 });
  for (let i = 0; i < 9; i++) {
    server.socket.end();
    const wait = (connection.status.retryAt ?? 0) - Date.now();
    waits.push(wait);
    vi.advanceTimersByTime(wait);
  }
  expect(waits).toEqual([375, 750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500, 22_500]);
});

test('a server that accepts and ends at once is not hammered', () => {
  const { connection } = live();
  for (let i = 0; i < 6; i++) {
    server.socket.end(4008);
    vi.advanceTimersByTime((connection.status.retryAt ?? 0) - Date.now());
    server.accept();
  }
  expect(connection.status.failures).toBe(6);
  vi.advanceTimersByTime(10_000);
  server.socket.end(4008);
  expect(connection.status.failures).toBe(1);
});

test('the words of a bye are the reason of the end', () => {
  const { connection } = live();
  server.socket.deliver({ type: 'bye', code: 'SEAM_NOT_READY', why: 'the gateway is restarting' });
  server.socket.end(1001);
  expect(connection.status.reason).toBe('the gateway is restarting');
});

test('a refused token is said, tried again slowly, and given up for a new one at once', () => {
  let token = 'old-token-0123456789';
  const { connection } = start({ token: () => token });
  server.socket.end(4003);
  expect(connection.status).toMatchObject({ state: 'disconnected', unauthorised: true });
  expect((connection.status.retryAt ?? 0) - Date.now()).toBe(15_000);
  token = 'new-token-0123456789';
  connection.reconnect();
  server.accept();
  expect(connection.status).toMatchObject({ state: 'live', unauthorised: false });
  const [plain, bearer] = server.socket.protocols;
  expect(plain).toBe('seamwatch.v1');
  expect(Buffer.from(bearer?.replace('seamwatch.bearer.', '') ?? '', 'base64url').toString()).toBe(token);
});

test('frames that are not of the protocol are reported and do not count as life', () => {
  const { connection, problems } = live();
  for (const bad of ['{', '{"type":"later"}', JSON.stringify({ type: 'hello', now: 'soon' })])
    server.socket.deliver(bad);
  expect(problems).toHaveLength(3);
  expect(problems[2]).toContain('now');
  server.socket.onSend = () => server.socket.deliver('{}');
  vi.advanceTimersByTime(30_000);
  expect(connection.status.state).toBe('stale');
});

test('a listener that throws harms nobody', () => {
  const { connection, alerts, problems } = start();
  connection.on('alert', () => {
    throw new Error('the page has a fault');
  });
  connection.on('problem', () => {
    throw new Error('even here');
  });
  server.accept();
  server.raise();
  server.raise();
  expect(alerts).toEqual([1, 2]);
  expect(problems).toEqual(Array(2).fill('alert: Error: the page has a fault'));
});

test('a server that does not answer the handshake is left after 10 s', () => {
  const { connection } = start();
  vi.advanceTimersByTime(10_000);
  expect(connection.status).toMatchObject({ state: 'disconnected', reason: 'the server does not answer' });
});

test('after close nothing happens any more', () => {
  const { connection, states } = live();
  const socket = server.socket;
  connection.close();
  expect(socket.closed).toBe(true);
  socket.deliver({ type: 'pong', now: '2026-03-12T09:14:00Z' });
  vi.advanceTimersByTime(120_000);
  expect(states).toEqual(['connecting', 'live']);
  expect(server.sockets).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('an address that is none is refused with its code', () => {
  expect(() => start({ url: 'desk' })).toThrow('wss://host/v1/stream');
  expect(() => start({ url: 'ftp://desk/v1/stream' })).toThrowError(
    expect.objectContaining({ code: 'SEAM_CONFIG' }),
  );
});
