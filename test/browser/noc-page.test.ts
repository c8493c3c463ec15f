import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type AlertRecord, alertRecordSchema } from '@seamwatch/contracts/records.ts';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FixtureServer, startFixtureServer } from '../../dashboards/noc/dev/fixture-server.ts';
import { type ScenarioOptions, scenario } from '../../dashboards/noc/dev/scenario.ts';
import { launchChromium } from '../stack/chromium.ts';

const page_ = new URL('../../dashboards/noc/', import.meta.url).pathname;
const pictures = new URL('../output/noc/', import.meta.url).pathname;
const nothing: ScenarioOptions = { volume: 0, decline: false };
const desk = { width: 1440, height: 900 };
const phone = { width: 360, height: 780 };
const screen = { width: 1920, height: 1080 };

let browser: Browser;
let server: FixtureServer;
let failures: string[] = [];

beforeAll(async () => {
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: page_ });
  await mkdir(pictures, { recursive: true });
  browser = await launchChromium();
});
afterAll(() => browser?.close());
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  await server.close();
  const found = failures;
  failures = [];
  expect(found).toEqual([]);
});

interface Visit extends BrowserContextOptions {
  scenario?: ScenarioOptions;
  query?: string;
  /** The page's clock is the test's. */
  clock?: boolean;
  prepare?: (page: Page) => unknown;
}

async function visit({ scenario: options = {}, query = '', clock = false, prepare, ...rest }: Visit = {}) {
  server = await startFixtureServer(`${page_}dist`, scenario(options));
  return open({ query, clock, ...(prepare && { prepare }), ...rest });
}

async function open({ query = '', clock = false, prepare, ...rest }: Omit<Visit, 'scenario'>) {
  const context = await browser.newContext({ viewport: desk, colorScheme: 'dark', ...rest });
  const page = await context.newPage();
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url)) failures.push(`asks elsewhere: ${request.url()}`);
  });
  if (clock) await page.clock.install();
  await prepare?.(page);
  await page.goto(server.url + query);
  return page;
}

const soon = <T>(find: () => T) => expect.poll(find, { timeout: 20_000 });
/** Lets the page's clock run, and the network keep up with it, until something holds. */
async function passUntil(page: Page, holds: () => Promise<boolean>): Promise<void> {
  for (let second = 0; second < 120 && !(await holds()); second++) {
    await page.clock.runFor(1_000);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await holds()).toBe(true);
}
const serverDown = () => {
  server.down = true;
};
const wantToken = () => {
  server.token = 'view-token-0123456789';
};
const tile = (page: Page, name: string) => page.getByRole('region', { name });
const picture = (page: Page, name: string) => page.screenshot({ path: `${pictures}${name}.png` });
const drawn = (page: Page) => page.locator('.plot.weekly canvas').waitFor();

function anAlert(changes: Partial<AlertRecord> = {}): AlertRecord {
  const alert = scenario().snapshot.alerts.find((a) => a.level === 'warning' && a.status === 'firing');
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

describe('the seam board', () => {
  test('every number has its interval, its n, its state and its baseline', async () => {
    const page = await visit();
    const row = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'Repeat contact' });
    await soon(() => row.locator('.value').textContent()).toMatch(/^\d+\.\d\s%$/);
    expect(await row.locator('.interval').textContent()).toMatch(/^\d+\.\d–\d+\.\d · n [\d,]+$/);
    expect(await row.locator('.state').textContent()).toMatch(/^\s*Critical · baseline \d+\.\d\s%/);
    const values = page.locator('.board .row .value');
    const intervals = page.locator('.board .row .interval');
    expect(await values.count()).toBe(38);
    for (const text of await intervals.allTextContents()) expect(text).toMatch(/n [\d,]+/);
  });

  test('the window switch changes what is counted', async () => {
    const page = await visit();
    const n = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'NPS' }).locator('.interval');
    await n.waitFor();
    const week = await n.textContent();
    await page.getByRole('radio', { name: '28d' }).check({ force: true });
    await soon(() => n.textContent()).not.toBe(week);
    expect(await page.locator('#board-title').textContent()).toContain('last 28 days');
  });

  test('no data is never drawn as good', async () => {
    const page = await visit({ scenario: nothing });
    await page.getByText('Nothing is watched').waitFor();
    const marks = page.locator('.tile');
    expect(await marks.evaluateAll((all) => all.map((el) => el.getAttribute('data-mark')))).toEqual(
      Array(6).fill('no_data'),
    );
    expect(await page.locator('main [data-mark="quiet"]').count()).toBe(0);
    expect(await page.locator('.as-of').textContent()).toContain('no data yet');
    await picture(page, 'no-data');
  });

  test('too few answers show how many are needed, and no value', async () => {
    const page = await visit({ scenario: { volume: 0.02, decline: false } });
    const row = tile(page, 'Tier 1, Seam').locator('.row', { hasText: 'CSAT' });
    await soon(() => row.locator('.interval').textContent()).toBe('n 3, needs 20');
    expect(await row.locator('.value').textContent()).toBe('–');
    expect(await row.locator('.state').textContent()).toContain('Not enough data');
    expect(await tile(page, 'Tier 1, Seam').getAttribute('data-mark')).toBe('partial');
  });

  test('new rates are drawn as they come', async () => {
    const page = await visit();
    const volume = tile(page, 'Tier 2, Human').locator('.volume b');
    await volume.waitFor();
    const record = server.scenario.snapshot.rates.find((r) => r.segment === 'tier:2|path:human');
    const points = (record?.points ?? []).map((p) => ({
      ...p,
      ...(p.measure === 'volume' && { value: 4_321 }),
    }));
    server.send({ type: 'rates', rates: [{ ...record!, asOf: '2026-05-28T12:06:00.000Z', points }] });
    await soon(() => volume.textContent()).toBe('4,321');
    expect(await page.locator('.as-of').textContent()).toContain('28 May 2026, 14:06 CEST');
  });
});

describe('early warning beside weekly NPS', () => {
  test('the strip names both dates and the lead between them', async () => {
    const page = await visit();
    const strip = page.getByRole('region', { name: 'Early warning' }).first();
    await strip.waitFor();
    const text = (await strip.innerText()).replace(/\s+/g, ' ');
    expect(text).toMatch(/Early warning 12 March Weekly NPS confirms 20 April 39 days earlier/);
    await drawn(page);
    await picture(page, 'desk-dark');
  });

  test('open alerts come before resolved ones and say sentence, onset, evidence, n and owner', async () => {
    const page = await visit();
    const cards = page.getByRole('article');
    await cards.first().waitFor();
    const levels = await page.locator('.alert .badge').allInnerTexts();
    expect(levels.map((t) => t.toLowerCase())).toEqual(['critical', 'warning', 'resolved']);
    const text = (await cards.first().innerText()).replace(/\s+/g, ' ');
    expect(text).toContain('Repeat contact after AI-handled tier 1 interactions rose from');
    expect(text).toContain('about 3 Mar (28 Feb – 5 Mar)');
    expect(text).toContain('at most once in 14 years, across everything watched');
    expect(text).toMatch(/n [\d,]+ Evidence/);
    expect(text).toContain('Head of Customer Service');
    expect(text).toContain('Also in Tier 1; AI; AI · Returns; Tier 1 · AI (CSAT)');
  });

  test('an alert is selected with the keyboard, and the address keeps it over a reload', async () => {
    const page = await visit();
    const link = page.getByRole('article').nth(1).getByRole('link');
    await link.focus();
    await page.keyboard.press('Enter');
    await soon(() => page.url()).toContain('#alert=al-2d40c6e1');
    await page.reload();
    const chosen = page.locator('.alert.selected');
    await soon(() => chosen.getByRole('heading').innerText()).toContain('Seam abandonment');
    const chart = chosen.getByRole('img', { name: /Alert on 23 May\. The weekly NPS test has not rejected/ });
    await chart.waitFor();
    expect(await page.locator('.hero').innerText()).toMatch(/not yet\s+5 days\s+ahead so far/);
  });

  test('a new alert arrives live and is announced', async () => {
    const page = await visit({ scenario: { decline: false } });
    await page.getByText('No early warning is open').waitFor();
    server.raise(anAlert());
    await soon(() => page.getByRole('article').count()).toBe(1);
    expect(await page.title()).toBe('(1) Seamwatch');
    expect(await page.getByText('critical: Seam abandonment in tier 1 rose.').count()).toBe(1);
    expect(await tile(page, 'Tier 1, Seam').getAttribute('data-mark')).toBe('critical');
  });

  test('an alert whose data have gone stays and says so', async () => {
    const page = await visit();
    await page.getByRole('article').first().waitFor();
    const record = server.scenario.snapshot.rates.find((r) => r.segment === 'tier:1|path:ai')!;
    const points = record.points.map((p) => ({ ...p, state: 'no_data' as const, value: null, n: 0 }));
    server.send({ type: 'rates', rates: [{ ...record, points }] });
    await soon(() => page.locator('.alert-status').first().innerText()).toContain('no data now');
    expect(await tile(page, 'Tier 1, AI').getAttribute('data-mark')).toBe('critical');
    const state = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'Repeat contact' }).locator('.state');
    expect(await state.innerText()).toContain('Critical · No data');
  });

  const countTones = (page: Page) =>
    page.addInitScript(`
      window.tones = 0;
      window.AudioContext = class {
        state = 'running'; currentTime = 0; destination = {};
        createOscillator() { window.tones++; return { frequency: {}, connect: (n) => n, start() {}, stop() {} }; }
        createGain() {
          const gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
          return { gain, connect: (n) => n };
        }
      };`);
  const tones = (page: Page) => page.evaluate<number>('window.tones');

  test('a new critical alert sounds until it is seen; a warning does not', async () => {
    const page = await visit({ clock: true, prepare: countTones });
    await page.getByRole('article').first().waitFor();
    server.raise(anAlert({ id: 'al-warning', level: 'warning' }));
    await soon(() => page.getByRole('article').count()).toBe(4);
    expect(await tones(page)).toBe(0);
    server.raise(anAlert());
    await soon(() => tones(page)).toBe(6);
    await page.clock.runFor(15_000);
    await soon(() => tones(page)).toBe(12);
    await page.getByRole('button', { name: 'Seen: stop the sound' }).click();
    await page.clock.runFor(60_000);
    expect(await tones(page)).toBe(12);
  });

  test('the sound can be tried and turned off', async () => {
    const page = await visit({ prepare: countTones });
    await page.getByRole('button', { name: 'Test sound' }).click();
    await soon(() => tones(page)).toBe(6);
    await page.getByRole('button', { name: 'Sound on' }).click();
    server.raise(anAlert());
    await soon(() => page.getByRole('article').count()).toBe(4);
    expect(await tones(page)).toBe(6);
    await page.reload();
    await page.getByRole('button', { name: 'Sound off' }).waitFor();
  });
});

describe('when the page cannot be believed', () => {
  const stale = (page: Page) => page.locator('.stale-banner');

  test('a silent server makes every tile stale 30 s after its last word, and the page recovers by itself', async () => {
    const page = await visit({ clock: true });
    await drawn(page);
    server.silent = true;
    await page.clock.runFor(28_000);
    expect(await stale(page).count()).toBe(0);
    await page.clock.runFor(4_000);
    await soon(() => stale(page).innerText()).toMatch(/^STALE 0:3\d/);
    await page.clock.runFor(10_000);
    expect(await stale(page).innerText()).toMatch(/^STALE 0:4\d/);
    expect(await stale(page).innerText()).toContain('28 May 2026, 14:05 CEST');
    for (const text of await page.locator('.tile > header .badge').allInnerTexts())
      expect(text).toMatch(/^Stale, was/);
    const hatched = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.tile, .tier-strip, .alert, .hero, .segments, .pipeline > section')]
        .map((el) => getComputedStyle(el, '::after').backgroundImage)`,
    );
    expect(hatched).toHaveLength(16);
    for (const image of hatched) expect(image).toContain('repeating-linear-gradient');
    await picture(page, 'stale');
    server.silent = false;
    await passUntil(page, async () => (await stale(page).count()) === 0);
    expect(await tile(page, 'Tier 1, Human').locator('.badge').innerText()).toBe('Learning');
  });

  test('a lost connection is stale within seconds, tries again, and shows what it missed', async () => {
    const page = await visit({ clock: true });
    await drawn(page);
    server.down = true;
    server.drop();
    await soon(() => page.locator('.connection').innerText()).toMatch(/Disconnected|Reconnecting/);
    expect(await stale(page).count()).toBe(0);
    await page.clock.runFor(6_000);
    await soon(() => stale(page).count()).toBe(1);
    server.raise(anAlert());
    server.down = false;
    await passUntil(page, async () => (await stale(page).count()) === 0);
    expect(await page.getByRole('article').first().innerText()).toContain('Repeat contact');
    expect(await page.getByText('Seam abandonment in tier 1 rose.', { exact: true }).count()).toBe(1);
  });

  test('a page that never reaches a server says so', async () => {
    const page = await visit({ clock: true, prepare: serverDown });
    await page.clock.runFor(6_000);
    await soon(() => stale(page).innerText()).toMatch(/^NO CONNECTION/);
  });

  test('data that stand still are stale although the server answers; a quiet night is not', async () => {
    const page = await visit({ clock: true });
    await drawn(page);
    const pass = async (minutes: number) => {
      for (let i = 0; i < minutes * 6; i++) {
        server.send(server.scenario.status);
        await page.clock.runFor(10_000);
      }
    };
    await pass(6);
    await soon(() => stale(page).innerText()).toContain('its data do not move');
    const quietSince = '2026-05-28T12:05:00.000Z';
    server.send({ ...server.scenario.status, quietSince });
    await soon(() => stale(page).count()).toBe(0);
    expect(await page.locator('.as-of').innerText()).toContain('quiet since 14:05 CEST');
  });

  test('trouble of the server is said in words', async () => {
    const page = await visit();
    await page.getByText('InfluxDB is away since 12:03 CEST; 1,204 points wait').waitFor();
    const problems = [{ code: 'SEAM_KAFKA_UNREACHABLE', text: 'The log is away since 14:01 CEST.' }];
    server.send({ ...server.scenario.status, problems });
    await page.getByText('The log is away since 14:01 CEST.').waitFor();
  });
});

describe('signing in', () => {
  test('where reading needs a token the page asks, says when it is wrong, and goes on', async () => {
    const page = await visit({ prepare: wantToken });
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
    const page = await visit({ query: '?wall#token=view-token-0123456789', prepare: wantToken });
    await page.locator('.tile[data-mark="critical"]').waitFor();
    await page.context().clearCookies();
    server.drop();
    await soon(() => server.clients).toBe(0);
    await soon(() => server.clients).toBe(1);
    expect(await page.locator('.sign-in').count()).toBe(0);
  });
});

describe('on every screen', () => {
  test('simulated data are said unmistakably', async () => {
    const page = await visit();
    const ribbon = page.getByText(/^simulated data/i);
    await ribbon.waitFor();
    const box = await page.locator('.simulated').boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: desk.width });
  });

  test('real data carry no such word', async () => {
    const page = await visit({ scenario: { simulated: false } });
    await page.locator('.tile[data-mark="critical"]').waitFor();
    expect(await page.getByText(/simulated/i).count()).toBe(0);
  });

  test('every time of day carries its zone', async () => {
    const page = await visit();
    await drawn(page);
    const text = await page.locator('body').innerText();
    const times = text.match(/\b\d\d:\d\d(:\d\d)?\b[^\n]{0,5}/g) ?? [];
    expect(times.length).toBeGreaterThan(5);
    for (const time of times) expect(time).toMatch(/ (CET|CEST)/);
  });

  test.each([
    ['', {}],
    ['long texts', { longTexts: true }],
    ['no data', nothing],
  ] as const)('a phone of 360 px scrolls only downwards (%s)', async (name, options) => {
    const page = await visit({ viewport: phone, scenario: options });
    await page.locator('.pipeline tbody').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    if (name === '') {
      await drawn(page);
      await picture(page, 'phone');
    }
  });

  test('a wall fills its screen without scrolling and has nothing to press', async () => {
    const page = await visit({ viewport: screen, query: '?wall' });
    await drawn(page);
    const size = await page.evaluate(
      '[document.documentElement.scrollWidth, document.documentElement.scrollHeight]',
    );
    expect(size).toEqual([1920, 1080]);
    expect(
      await page.locator('main :is(button, input, select), header :is(button, input, select)').count(),
    ).toBe(0);
    const last = await page.locator('.tile').last().boundingBox();
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThan(1080);
    await picture(page, 'wall');
  });

  test('without colour every state still has a shape and a word of its own', async () => {
    const page = await visit({ scenario: { volume: 0.3 } });
    await drawn(page);
    const badges = await page.locator('.badge, .row .state').evaluateAll((all) =>
      all.map((el) => {
        const icon = el.querySelector('.icon');
        const shape = icon?.innerHTML.replace(/<!--.*?-->/g, '') ?? '';
        return { mark: icon?.getAttribute('data-mark'), shape, text: el.textContent?.trim() };
      }),
    );
    const shapes = new Map(badges.flatMap(({ mark, shape }) => (mark ? [[mark, shape] as const] : [])));
    expect(shapes.size).toBeGreaterThanOrEqual(6);
    expect(new Set(shapes.values()).size).toBe(shapes.size);
    for (const { text } of badges) expect(text).toMatch(/[A-Z]/);
    await page.evaluate('document.documentElement.style.filter = "grayscale(1)"');
    await picture(page, 'greyscale');
  });

  test('nothing moves', async () => {
    const page = await visit({ reducedMotion: 'no-preference' });
    await drawn(page);
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    const moving = `[...document.querySelectorAll('*')].filter((el) => {
      const style = getComputedStyle(el);
      return style.animationName !== 'none' || style.transitionDuration.split(',').some((d) => parseFloat(d) > 0);
    }).length`;
    expect(await page.evaluate(moving)).toBe(0);
  });

  test.each([
    ['dark', '', {}, 'fresh'],
    ['light', '', {}, 'fresh'],
    ['dark', '?wall', {}, 'fresh'],
    ['light', '', nothing, 'fresh'],
    ['dark', '', {}, 'stale'],
    ['light', '', {}, 'stale'],
  ] as const)(
    'axe finds nothing to complain of (%s %s %j %s)',
    async (colorScheme, query, options, freshness) => {
      const page = await visit({ colorScheme, query, scenario: options, clock: freshness === 'stale' });
      await page.locator('.pipeline').first().waitFor();
      if (options !== nothing) await drawn(page);
      if (freshness === 'stale') {
        server.silent = true;
        await page.clock.runFor(40_000);
        await page.locator('.stale-banner').waitFor();
      }
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{ violations: axe.Result[] }>('axe.run(document)');
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
      expect(found).toEqual([]);
      if (freshness === 'fresh' && colorScheme === 'light' && options !== nothing)
        await picture(page, 'desk-light');
    },
  );

  test('the segment table is searched and sorted', async () => {
    const page = await visit();
    await page.getByRole('searchbox', { name: 'Search segments' }).fill('returns');
    const rows = page.locator('.segments tbody tr');
    await soon(() => rows.count()).toBe(3);
    await page
      .locator('.segments')
      .getByRole('button', { name: /^7-day repeat contact/ })
      .click();
    const values = await rows.locator('td:nth-child(4) .value').allInnerTexts();
    const numbers = values.map((text) => Number.parseFloat(text));
    expect(numbers).toEqual([...numbers].sort((a, b) => b - a));
    expect(await page.locator('.segments th[aria-sort="descending"]').innerText()).toContain(
      '7-day repeat contact',
    );
    await page.getByRole('searchbox', { name: 'Search segments' }).fill('nowhere');
    await page.getByText('No segment has “nowhere” in its name.').waitFor();
  });

  test('two hundred segments that change every second cost a fraction of one core', async () => {
    const page = await visit({ scenario: { markets: 7 } });
    await drawn(page);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    const busySeconds = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find((m) => m.name === 'TaskDuration')?.value ?? 0;
    };
    const before = await busySeconds();
    const { rates } = server.scenario.snapshot;
    for (let second = 0; second < 5; second++) {
      // In pieces, as a busy server would send them.
      for (let i = 0; i < rates.length; i += 40)
        server.send({
          type: 'rates',
          rates: rates.slice(i, i + 40).map((r) => ({ ...r, points: r.points.slice(0, 12) })),
        });
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const busy = (await busySeconds()) - before;
    const nodes = await page.evaluate<number>('document.querySelectorAll("*").length');
    console.log(`203 segments each second: ${(busy / 5).toFixed(3)} s a second, ${nodes} elements`);
    expect(busy / 5).toBeLessThan(0.5);
    expect(nodes).toBeLessThan(3_000);
  });
});
