import axe from 'axe-core';
import { describe, expect, test } from 'vitest';
import { desk, drawn, noData, phone, picture, screen, seen, soon, visit } from './noc-page.ts';

describe('on every screen', () => {
  test('simulated data are said unmistakably', async () => {
    const { page } = await visit();
    const ribbon = page.getByText(/^simulated data/i);
    await ribbon.waitFor();
    const box = await page.locator('.simulated').boundingBox();
    expect(box).toMatchObject({ x: 0, y: 0, width: desk.width });
  });

  test('real data carry no such word', async () => {
    const { page } = await visit({ scenario: { simulated: false } });
    await page.locator('.tile[data-mark="critical"]').waitFor();
    expect(await page.getByText(/simulated/i).count()).toBe(0);
  });

  test('every time of day carries its zone', async () => {
    const { page } = await visit();
    await drawn(page);
    const text = await seen(page.locator('body'));
    const times = text.match(/\b\d\d:\d\d(:\d\d)?\b[^\n]{0,5}/g) ?? [];
    expect(times.length).toBeGreaterThan(5);
    for (const time of times) expect(time).toMatch(/ (CET|CEST)/);
  });

  test.each([
    ['', {}],
    ['long texts', { longTexts: true }],
    ['no data', noData],
  ] as const)('a phone of 360 px scrolls only downwards (%s)', async (name, options) => {
    const { page } = await visit({ viewport: phone, scenario: options });
    await page.locator('.pipeline tbody').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    if (name === '') {
      await drawn(page);
      await picture(page, 'phone');
    }
  });

  test('a wall fills its screen without scrolling and has nothing to press', async () => {
    const { page } = await visit({ viewport: screen, query: '?wall' });
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
    const { page } = await visit({ scenario: { volume: 0.3 } });
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
    const { page } = await visit({ reducedMotion: 'no-preference' });
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
    ['light', '', noData, 'fresh'],
    ['dark', '', {}, 'stale'],
    ['light', '', {}, 'stale'],
  ] as const)(
    'axe finds nothing to complain of (%s %s %j %s)',
    async (colorScheme, query, options, freshness) => {
      const { page, server } = await visit({
        colorScheme,
        query,
        scenario: options,
        clock: freshness === 'stale',
      });
      await page.locator('.pipeline').first().waitFor();
      if (options !== noData) await drawn(page);
      if (freshness === 'stale') {
        server.silent = true;
        await page.clock.runFor(40_000);
        await page.locator('.stale-banner').waitFor();
      }
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{ violations: axe.Result[] }>('axe.run(document)');
      const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
      expect(found).toEqual([]);
      if (freshness === 'fresh' && colorScheme === 'light' && options !== noData)
        await picture(page, 'desk-light');
    },
  );

  test('the segment table is searched and sorted', async () => {
    const { page } = await visit();
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
    expect(await seen(page.locator('.segments th[aria-sort="descending"]'))).toContain(
      '7-day repeat contact',
    );
    await page.getByRole('searchbox', { name: 'Search segments' }).fill('nowhere');
    await page.getByText('No segment has “nowhere” in its name.').waitFor();
  });

  test('two hundred segments that change every second cost a fraction of one core', async () => {
    const { page, server } = await visit({ scenario: { markets: 7 } });
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
