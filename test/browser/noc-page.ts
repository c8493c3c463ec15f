import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServerFrame } from '@seamwatch/contracts/frames.ts';
import { type AlertRecord, alertRecordSchema } from '@seamwatch/contracts/records.ts';
import type { Browser, BrowserContextOptions, Locator, Page, WebSocket } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type FixtureServer, startFixtureServer } from '../../dashboards/noc/dev/fixture-server.ts';
import { type ScenarioOptions, scenario } from '../../dashboards/noc/dev/scenario.ts';
import { launchChromium } from '../stack/chromium.ts';

const project = new URL('../../dashboards/noc/', import.meta.url).pathname;
export const pictures = new URL('../output/noc/', import.meta.url).pathname;
export const dist = `${project}dist`;
export const noData: ScenarioOptions = { volume: 0, decline: false };
export const desk = { width: 1440, height: 900 };
export const phone = { width: 360, height: 780 };
export const screen = { width: 1920, height: 1080 };

let browser: Browser;
let started: FixtureServer | undefined;
let failures: string[] = [];
const sockets = new WeakMap<Page, WebSocket>();

beforeAll(async () => {
  // Tests run with another NODE_ENV, which would build the page with the development version of lit.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: project, env });
  await mkdir(pictures, { recursive: true });
  browser = await launchChromium();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await started?.close();
  started = undefined;
  const found = failures;
  failures = [];
  expect(found).toEqual([]);
});

export interface Visit extends BrowserContextOptions {
  scenario?: ScenarioOptions;
  query?: string;
  /** The page's clock is the test's. */
  clock?: boolean;
  /** Called before the page is opened. */
  prepare?: (page: Page, server: FixtureServer) => unknown;
}

/** The page on a server that plays a scenario. Faults of the page, and what its policy forbids, fail the test. */
export async function visit({ scenario: options = {}, ...rest }: Visit = {}) {
  const server = await startFixtureServer(dist, scenario(options));
  started = server;
  const { prepare, ...others } = rest;
  const page = await open(server.url, { ...others, prepare: (it) => prepare?.(it, server) });
  return { page, server };
}

/** The page at an address. */
export async function open(
  url: string,
  {
    query = '',
    clock = false,
    prepare,
    ...rest
  }: Omit<Visit, 'scenario' | 'prepare'> & { prepare?: (page: Page) => unknown },
): Promise<Page> {
  const context = await browser.newContext({ viewport: desk, colorScheme: 'dark', ...rest });
  const page = await context.newPage();
  page.on('websocket', (socket) => sockets.set(page, socket));
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|script-src/.test(message.text())) failures.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) failures.push(`asks elsewhere: ${request.url()}`);
  });
  if (clock) await page.clock.install();
  await prepare?.(page);
  await page.goto(url + query);
  return page;
}

export const soon = <T>(find: () => T) => expect.poll(find, { timeout: 20_000 });
export const tile = (page: Page, name: string) => page.getByRole('region', { name });
export const drawn = (page: Page) => page.locator('.plot.weekly canvas').waitFor();
/** Text as a reader sees it: with its lines, without what is hidden. */
// biome-ignore lint/performance/useDomNodeTextContent: hidden text does not count
export const seen = (it: Locator): Promise<string> => it.innerText();
export const picture = (page: Page, name: string) => page.screenshot({ path: `${pictures}${name}.png` });

/** Sends a frame and waits until the page has it, before which its clock must not run on. */
export async function deliver(page: Page, server: FixtureServer, frame: ServerFrame): Promise<void> {
  const received = sockets.get(page)!.waitForEvent('framereceived');
  server.send(frame);
  await received;
}

/** Lets the page's clock run, and the network keep up with it, until something holds. */
export async function passUntil(page: Page, holds: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 120 && !(await holds()); second++) {
    await page.clock.runFor(1_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await holds()).toBe(true);
}

export function anAlert(changes: Partial<AlertRecord> = {}): AlertRecord {
  const alert = scenario().snapshot.alerts.find((a) => a.measure === 'seam_abandonment');
  return alertRecordSchema.parse({
    ...alert,
    id: 'al-new',
    change: 'opened',
    level: 'critical',
    segment: 'tier:1|path:seam',
    segmentTitle: 'Tier 1 · Seam',
    sentence: 'Seam abandonment in tier 1 rose.',
    ...changes,
  });
}
