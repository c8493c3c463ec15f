import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import { scenario } from '../../dashboards/noc/dev/scenario.ts';
import {
  allTokens,
  gateway,
  openLog,
  ready,
  tokens,
  write,
} from '../../services/gateway/src/testing/gateway-fixture.ts';
import { anAlert, dist, drawn, open, seen, soon, tile } from './noc-page.ts';

/** A log as the monitor would have written it. */
async function filledLog(): Promise<EventLog> {
  const { snapshot, status, days } = scenario();
  const log = openLog();
  await write(log, { kind: 'segments', segments: snapshot.segments });
  await write(log, ...snapshot.rates);
  for (const { days: list, weeks } of days.values()) await write(log, ...list, ...weeks);
  await write(log, ...snapshot.alerts.map((alert, index) => ({ ...alert, seq: index + 1 })));
  if (status.progress) await write(log, status.progress);
  await write(log, ...status.deliveries);
  return log;
}

const policy = { name: 'Test', minimumN: 20, timeZone: 'Europe/Berlin' };

test('the gateway serves the page, its data and its history', async () => {
  const log = await filledLog();
  const { url } = await gateway({ log, pageDir: dist, policy, simulated: true });
  await ready(url);
  const page = await open(`${url}/`, {});
  await drawn(page);
  await soon(() => seen(page.locator('.as-of'))).toContain('28 May 2026, 14:05 CEST');
  await soon(() => seen(page.locator('.hero'))).toMatch(/39 days\s+earlier/);
  expect(await page.getByText(/^simulated data/i).count()).toBe(1);
  const row = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'Repeat contact' });
  await soon(() => seen(row.locator('.interval'))).toMatch(/^\d+\.\d–\d+\.\d · n 10,009$/);
  await soon(() => row.locator('.sparkline').count()).toBe(1);
});

test('the page outlives a restart of the gateway and shows the alert of the meantime once', async () => {
  const log = await filledLog();
  const first = await gateway({ log, pageDir: dist, policy });
  await ready(first.url);
  const page = await open(`${first.url}/`, {});
  await soon(() => page.getByRole('article').count()).toBe(5);
  await first.close();
  await soon(() => seen(page.locator('.connection'))).toMatch(/Disconnected|Reconnecting/);
  await write(log, { ...anAlert(), seq: 6 });
  await gateway({ log, pageDir: dist, policy, settings: { SEAMWATCH_PORT: first.port } });
  await soon(() => page.getByRole('article').count()).toBe(6);
  await soon(() => seen(page.locator('.connection'))).toBe('Live');
  expect(await page.getByText('Seam abandonment in tier 1 rose.', { exact: true }).count()).toBe(1);
});

test('with a view token the page asks for it, and the session lasts over a reload', async () => {
  const log = await filledLog();
  const { url } = await gateway({ log, pageDir: dist, policy, settings: allTokens });
  await ready(url);
  const page = await open(`${url}/`, {});
  await page.getByLabel('This installation wants a token for reading.').fill(tokens.view);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await drawn(page);
  await page.reload();
  await drawn(page);
  expect(await page.locator('.sign-in').count()).toBe(0);
});
