import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { connect } from './index.ts';

test.each([
  ['the WebSocket of Node', undefined],
  ['ws', WebSocket],
])('it works with %s: resumes over a restart of a real server', async (_name, WebSocketImpl) => {
  const listen = async (port: number) => {
    const server = new WebSocketServer({ host: '127.0.0.1', port, handleProtocols: () => 'seamwatch.v1' });
    server.on('connection', (socket) => {
      const now = new Date().toISOString();
      const rest = { simulated: true, minimumN: 20, timeZone: 'UTC', firstSeq: 0, lastSeq: 0 };
      socket.send(JSON.stringify({ type: 'hello', now, asOf: null, ...rest }));
    });
    await once(server, 'listening');
    return server;
  };
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const connection = connect({
    url: `ws://127.0.0.1:${port}/v1/stream`,
    token: 'a-token-of-some-length',
    backoff: { baseMs: 20, maxMs: 40 },
    ...(WebSocketImpl && { WebSocketImpl }),
  });
  const states: string[] = [];
  connection.on('state', ({ state }) => states.push(state));
  await vi.waitUntil(() => connection.status.state === 'live');
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
  await vi.waitUntil(() => connection.status.failures > 2);
  server = await listen(port);
  await vi.waitUntil(() => connection.status.state === 'live', 5_000);
  expect(states).toContain('disconnected');
  connection.close();
  server.close();
});
