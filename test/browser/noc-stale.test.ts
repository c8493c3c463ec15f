import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { FixtureServer } from '../../dashboards/noc/dev/fixture-server.ts';
import { anAlert, deliver, drawn, passUntil, picture, seen, soon, tile, visit } from './noc-page.ts';

const serverDown = (_page: Page, server: FixtureServer) => {
  server.down = true;
};
const wantToken = (_page: Page, server: FixtureServer) => {
  server.token = 'view-token-0123456789';
};

describe('when the page cannot be believed', () => {
  const stale = (page: Page) => page.locator('.stale-banner');

  test('a silent server makes every tile stale 30 s after its last word, and the page recovers by itself', async () => {
    const { page, server } = await visit({ clock: true });
    await drawn(page);
    await deliver(page, server, server.scenario.status);
    server.silent = true;
    await page.clock.runFor(28_000);
    expect(await stale(page).count()).toBe(0);
    await page.clock.runFor(4_000);
    await soon(() => seen(stale(page))).toMatch(/^STALE 0:3\d/);
    await page.clock.runFor(10_000);
    expect(await seen(stale(page))).toMatch(/^STALE 0:4\d/);
    expect(await seen(stale(page))).toContain('28 May 2026, 14:05 CEST');
    for (const text of await page.locator('.tile > header .badge').allInnerTexts())
      expect(text).toMatch(/^Stale, was/);
    const hatched = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.tile, .tier-strip, .alert, .hero, .segments, .pipeline > section')]
        .map((el) => getComputedStyle(el, '::after').backgroundImage)`,
    );
    expect(hatched).toHaveLength(18);
    for (const image of hatched) expect(image).toContain('repeating-linear-gradient');
    await picture(page, 'stale');
    server.silent = false;
    await passUntil(page, async () => (await stale(page).count()) === 0);
    expect(await seen(tile(page, 'Tier 1, Human').locator('.badge'))).toBe('Learning');
  });

  test('a lost connection is stale within seconds, tries again, and shows what it missed', async () => {
    const { page, server } = await visit({ clock: true });
    await drawn(page);
    server.down = true;
    server.drop();
    await soon(() => seen(page.locator('.connection'))).toMatch(/Disconnected|Reconnecting/);
    expect(await stale(page).count()).toBe(0);
    await page.clock.runFor(6_000);
    await soon(() => stale(page).count()).toBe(1);
    server.raise(anAlert());
    server.down = false;
    await passUntil(page, async () => (await stale(page).count()) === 0);
    expect(await seen(page.getByRole('article').first())).toContain('Repeat contact');
    expect(await page.getByText('Seam abandonment in tier 1 rose.', { exact: true }).count()).toBe(1);
  });

  test('a page that never reaches a server says so', async () => {
    const { page } = await visit({ clock: true, prepare: serverDown });
    await page.clock.runFor(6_000);
    await soon(() => seen(stale(page))).toMatch(/^NO CONNECTION/);
  });

  test('after an upgrade of the server the page loads itself anew', async () => {
    const { page, server } = await visit();
    await drawn(page);
    const next = (await (await fetch(server.url)).text()).replace(/index-[^."]+\.js/, 'index-next.js');
    await page.route(server.url, (route) => route.fulfill({ contentType: 'text/html', body: next }));
    const reloaded = page.waitForRequest(/index-next\.js$/, { timeout: 20_000 });
    server.drop();
    await reloaded;
  });

  test('data that stand still are stale although the server answers; a quiet night is not', async () => {
    const { page, server } = await visit({ clock: true });
    await drawn(page);
    const pass = async (minutes: number) => {
      for (let i = 0; i < minutes * 6; i++) {
        await deliver(page, server, server.scenario.status);
        await page.clock.runFor(10_000);
      }
    };
    await pass(6);
    await soon(() => seen(stale(page))).toContain('its data do not move');
    const quietSince = '2026-05-28T12:05:00.000Z';
    server.send({ ...server.scenario.status, quietSince });
    await soon(() => stale(page).count()).toBe(0);
    expect(await seen(page.locator('.as-of'))).toContain('quiet since 14:05 CEST');
  });

  test('trouble of the server is said in words', async () => {
    const { page, server } = await visit();
    await page.getByText('InfluxDB is away since 12:03 CEST; 1,204 points wait').waitFor();
    const problems = [{ code: 'SEAM_KAFKA_UNREACHABLE', text: 'The log is away since 14:01 CEST.' }];
    server.send({ ...server.scenario.status, problems });
    await page.getByText('The log is away since 14:01 CEST.').waitFor();
  });
});

describe('signing in', () => {
  test('where reading needs a token the page asks, says when it is wrong, and goes on', async () => {
    const { page } = await visit({ prepare: wantToken });
    const field = page.getByLabel('This installation wants a token for reading.');
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The token was refused.').waitFor();
    await field.fill('view-token-0123456789');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.locator('.tile[data-mark="critical"]').waitFor();
    expect(await field.count()).toBe(0);
  });

  test('a wall signs itself in, and again when its session has ended over night', async () => {
    const { page, server } = await visit({
      query: '?wall#token=view-token-0123456789',
      clock: true,
      prepare: wantToken,
    });
    await page.locator('.tile[data-mark="critical"]').waitFor();
    await page.clock.runFor(15_000);
    await page.context().clearCookies();
    const again = page.waitForResponse(
      (r) => r.url().endsWith('/v1/session') && r.request().method() === 'POST',
    );
    server.drop();
    await again;
    await passUntil(page, async () => server.clients === 1);
    expect(await page.locator('.sign-in').count()).toBe(0);
  });
});
