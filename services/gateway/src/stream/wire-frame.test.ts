import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { wireFrame } from './wire-frame.ts';

test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('a client reads %i bytes of text', async (length) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const text = 'é'.repeat(Math.floor(length / 2)).padEnd(Math.ceil(length / 2), '.');
  server.on('connection', (_, request) => {
    request.socket.write(wireFrame(text).wire);
    request.socket.write(wireFrame('the next').wire);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
  onTestFinished(() => client.terminate());
  const received: string[] = [];
  client.on('message', (data, isBinary) => received.push(`${isBinary ? 'binary' : 'text'} ${data}`));
  await expect.poll(() => received.length).toBe(2);
  expect(Buffer.byteLength(text)).toBe(length);
  expect(received).toEqual([`text ${text}`, 'text the next']);
});
