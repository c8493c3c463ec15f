import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { EventLog, LogRecord } from '@seamwatch/core/ports/event-log.ts';
import { onTestFinished } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../gateway.ts';
import { toLog } from './records.ts';

export const quietLogger = { debug() {}, info() {}, warn() {}, error() {} };

export const tokens = {
  view: 'view-token-0123456789',
  ingest: 'ingest-token-0123456789',
  operator: 'operator-token-0123456789',
} as const;

/** A folder of its own that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'seamwatch-gateway-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function openLog(): EventLog {
  const log = openSqliteEventLog({ file: join(temporaryFolder(), 'log.db') });
  onTestFinished(() => log.close());
  return log;
}

export interface Overrides extends Partial<Omit<GatewayOptions, 'settings'>> {
  settings?: Partial<GatewayOptions['settings']>;
}

/** A real gateway on a free port, on a real log; both end with the test. */
export async function gateway(overrides: Overrides = {}): Promise<Gateway & { log: EventLog }> {
  const log = overrides.log ?? openLog();
  const started = await startGateway({
    pageDir: join(tmpdir(), 'seamwatch-no-page'),
    policy: { name: 'Test', minimumN: 20, timeZone: 'Europe/Stockholm' },
    logger: quietLogger,
    ...overrides,
    log,
    settings: {
      SEAMWATCH_HOST: '127.0.0.1',
      SEAMWATCH_PORT: 0,
      SEAMWATCH_VIEW_TOKEN: undefined,
      SEAMWATCH_INGEST_TOKEN: undefined,
      SEAMWATCH_OPERATOR_TOKEN: undefined,
      ...overrides.settings,
    },
  });
  onTestFinished(() => started.close());
  return { ...started, log };
}

export const allTokens = {
  SEAMWATCH_VIEW_TOKEN: tokens.view,
  SEAMWATCH_INGEST_TOKEN: tokens.ingest,
  SEAMWATCH_OPERATOR_TOKEN: tokens.operator,
};

/** Writes records as the monitor would. */
export const write = (log: EventLog, ...records: Parameters<typeof toLog>[0][]): Promise<void> =>
  log.append(records.map(toLog));

/** A log that holds these records, to start a gateway on. */
export async function filledLog(...records: Parameters<typeof toLog>[0][]): Promise<EventLog> {
  const log = openLog();
  await write(log, ...records);
  return log;
}

/** Polls until `check` gives a value; 20 s at most. */
export async function until<T>(what: string, check: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found = await check();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited 20 s for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A request; the body of the answer is read as JSON where it is JSON. */
export async function http(url: string, init: RequestInit = {}): Promise<HttpAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}

/** Waits until the gateway is ready. */
export const ready = (url: string): Promise<boolean> =>
  until('ready', async () => (await http(`${url}/readyz`)).status === 200);

/** Everything in a topic so far. */
export async function contents(log: EventLog, topic: Topic): Promise<LogRecord[]> {
  const offsets = await log.offsets(topic);
  const wanted = [...offsets.values()].reduce((sum, { first, end }) => sum + end - first, 0);
  const records: LogRecord[] = [];
  if (wanted === 0) return records;
  const reader = await log.reader({ topics: [topic], from: 'beginning' });
  const stop = AbortSignal.timeout(20_000);
  for await (const batch of reader.batches({ idlePollMs: 20, signal: stop })) {
    records.push(...batch.records);
    if (records.length >= wanted) break;
  }
  await reader.close();
  return records;
}
