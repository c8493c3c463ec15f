/**
 * One side of the comparison, in a process of its own: for each line on standard input a second's rates go to every client.
 *
 *   node serve.ts product|baseline
 *
 * Prints the port.
 */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { subprotocol } from '@seamwatch/contracts/frames.ts';
import { startGateway } from '@seamwatch/gateway/gateway.ts';
import { WebSocketServer } from 'ws';
import { MemoryLog } from './memory-log.ts';
import { frameOf, ratesOf } from './rates.ts';

type Publish = (second: number) => void;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** A gateway: rates are records in its log. */
async function product(): Promise<{ port: number; publish: Publish }> {
  const log = new MemoryLog();
  const { port } = await startGateway({
    log,
    pageDir: 'no-page',
    policy: { name: 'Bench', minimumN: 20, timeZone: 'UTC' },
    logger: silent,
    settings: {
      SEAMWATCH_HOST: '127.0.0.1',
      SEAMWATCH_PORT: 0,
      SEAMWATCH_VIEW_TOKEN: undefined,
      SEAMWATCH_INGEST_TOKEN: undefined,
      SEAMWATCH_OPERATOR_TOKEN: undefined,
    },
  });
  const publish: Publish = (second) => {
    const records = ratesOf(second).map((rates) => ({
      topic: 'rates' as const,
      key: rates.segment,
      value: JSON.stringify(rates),
    }));
    void log.append(records);
  };
  return { port, publish };
}

/** The least that sends the same bytes. */
async function baseline(): Promise<{ port: number; publish: Publish }> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    handleProtocols: () => subprotocol,
  });
  await once(server, 'listening');
  const publish: Publish = (second) => {
    const frame = frameOf(ratesOf(second));
    for (const client of server.clients) client.send(frame, { binary: false });
  };
  return { port: (server.address() as { port: number }).port, publish };
}

const { port, publish } = process.argv[2] === 'product' ? await product() : await baseline();
console.log(port);
for await (const second of createInterface({ input: process.stdin })) publish(Number(second));
process.exit(0);
