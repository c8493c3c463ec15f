import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { anAlert, drawn, noData, picture, pictures, seen, soon, tile, visit } from './noc-page.ts';

describe('the seam board', () => {
  test('every number has its interval, its n, its state and its baseline', async () => {
    const { page } = await visit();
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
    const { page } = await visit();
    const n = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'NPS' }).locator('.interval');
    await n.waitFor();
    const week = await n.textContent();
    await page.getByRole('radio', { name: '28d' }).check({ force: true });
    await soon(() => n.textContent()).not.toBe(week);
    expect(await page.locator('#board-title').textContent()).toContain('last 28 days');
  });

  test('no data is never drawn as good', async () => {
    const { page } = await visit({ scenario: noData });
    await page.getByText('No early warning is open. No data yet.').waitFor();
    const marks = page.locator('.tile');
    expect(await marks.evaluateAll((all) => all.map((el) => el.getAttribute('data-mark')))).toEqual(
      Array(6).fill('no_data'),
    );
    expect(await page.locator('main [data-mark="quiet"]').count()).toBe(0);
    expect(await page.locator('.as-of').textContent()).toContain('no data yet');
    await picture(page, 'no-data');
  });

  test('too few answers show how many are needed, and no value', async () => {
    const { page } = await visit({ scenario: { volume: 0.02, decline: false } });
    const row = tile(page, 'Tier 1, Seam').locator('.row', { hasText: 'CSAT' });
    await soon(() => row.locator('.interval').textContent()).toBe('n 3, needs 20');
    expect(await row.locator('.value').textContent()).toBe('–');
    expect(await row.locator('.state').textContent()).toContain('Not enough data');
    expect(await tile(page, 'Tier 1, Seam').getAttribute('data-mark')).toBe('partial');
  });

  test('new rates are drawn as they come', async () => {
    const { page, server } = await visit();
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
    const { page } = await visit();
    await drawn(page);
    const text = (await seen(page.locator('.hero'))).replace(/\s+/g, ' ');
    expect(text).toMatch(/Early warning 12 March Weekly NPS confirms 20 April 39 days earlier/);
    await picture(page, 'desk-dark');
  });

  test('open alerts come before resolved ones and say sentence, onset, evidence, n and owner', async () => {
    const { page } = await visit();
    const cards = page.getByRole('article');
    await cards.first().waitFor();
    const levels = await page.locator('.alert .badge').allInnerTexts();
    expect(levels.map((t) => t.toLowerCase())).toEqual([
      'critical',
      'warning',
      'warning',
      'warning',
      'resolved',
    ]);
    const text = (await seen(cards.first())).replace(/\s+/g, ' ');
    expect(text).toContain('Repeat contact after AI-handled tier 1 interactions rose from');
    expect(text).toContain('about 3 Mar (28 Feb – 5 Mar)');
    expect(text).toContain('at most once in 14 years, across everything watched');
    expect(text).toMatch(/n [\d,]+ Evidence/);
    expect(text).toContain('Head of Customer Service');
    expect(text).toContain('Also in Tier 1; AI; AI · Returns; Tier 1 · AI (CSAT)');
  });

  test('an alert is selected with the keyboard, and the address keeps it over a reload', async () => {
    const { page } = await visit();
    const link = page.getByRole('link', { name: 'Seam abandonment, Tier 2 · Seam' });
    await link.focus();
    await page.keyboard.press('Enter');
    await soon(() => page.url()).toContain('#alert=al-2d40c6e1');
    await page.reload();
    const chosen = page.locator('.alert.selected');
    await soon(() => seen(chosen.getByRole('heading'))).toContain('Seam abandonment');
    const chart = chosen.getByRole('img', { name: /Alert on 23 May\. The weekly NPS test has not rejected/ });
    await chart.waitFor();
    expect(await seen(page.locator('.hero'))).toMatch(/not yet\s+open\s+5 days since the warning/);
  });

  test('a composite alert says which signals carry it, and shows a chart of each', async () => {
    const { page } = await visit({ query: '#alert=al-7e90b1c4' });
    await drawn(page);
    const card = page.locator('.alert.selected');
    expect(await seen(card.getByRole('heading'))).toBe('Several signals together, AI · Account look-up');
    const rows = (await card.locator('.carriers tbody tr').allInnerTexts()).map((t) =>
      t.replace(/\s+/g, ' '),
    );
    expect(rows).toEqual([
      expect.stringMatching(/^CSAT 51 % \d\.\d\d → \d\.\d\d \d\.\d\d–\d\.\d\d, n [\d,]+$/),
      expect.stringMatching(/^7-day repeat contact 37 % [\d.]+ % → [\d.]+ % [\d.]+–[\d.]+, n [\d,]+$/),
      expect.stringMatching(/^NPS 12 % [+−]\d+ → [+−]\d+ [+−]\d+ to [+−]\d+, n [\d,]+$/),
    ]);
    const charts = card.getByRole('img', { name: /, a value each day against its baseline/ });
    expect(
      await charts.evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')?.split(',')[0])),
    ).toEqual(['CSAT', '7-day repeat contact', 'NPS']);
    const hero = (await seen(page.locator('.hero'))).replace(/\s+/g, ' ');
    expect(hero).toContain('Several signals together AI · Account look-up CSAT, 7-day repeat contact, NPS');
    expect(await seen(card)).toContain('chance alone gives this at most once in 7 months');
    await card.screenshot({ path: `${pictures}composite.png` });
  });

  test('an exit threshold says its limit, its owner and who may authorise what, and nothing of chance', async () => {
    const { page } = await visit({ query: '#alert=al-f3026d58' });
    await drawn(page);
    const card = page.locator('.alert.selected');
    const text = (await seen(card)).replace(/\s+/g, ' ');
    expect(text).toContain('exit threshold · open since 9 Apr 2026');
    expect(text).toMatch(
      /Exit threshold returns-stay-resolved Durable resolution below 68\.0 % over 28 days: now \d/,
    );
    expect(text).toContain('Owner Head of Customer Service');
    expect(text).toContain('Chief Customer Officer may authorise a roll-back');
    expect(text).not.toContain('chance alone');
    const runbook = card.getByRole('link', { name: /^https:\/\/wiki\.example\.com/ });
    expect(await runbook.getAttribute('rel')).toBe('noopener noreferrer');
    await card.screenshot({ path: `${pictures}threshold.png` });
  });

  test('what NPS says of an alert later stands beside the weekly test', async () => {
    const { page } = await visit();
    await drawn(page);
    expect(await page.locator('.verdict').allInnerTexts()).toEqual([
      'NPS since the onset confirms it.',
      ...Array(3).fill('NPS since the onset, a stricter test, does not confirm it yet.'),
      '120 days on, NPS does not confirm it.',
    ]);
  });

  test('all signals together have their line in a tile and their column in the table', async () => {
    const { page } = await visit();
    const line = tile(page, 'Tier 1, AI').locator('.together');
    await soon(async () => (await seen(line)).replace(/\s+/g, ' ')).toBe(
      'All signals Watch Repeat contact 64 %, CSAT 36 %',
    );
    expect(await seen(tile(page, 'Tier 2, Human').locator('.together'))).toMatch(/Quiet/);
    await page
      .locator('.segments')
      .getByRole('button', { name: /^All signals/ })
      .click();
    const first = page.locator('.segments tbody tr').first();
    const cells = (await seen(first.locator('.together-cell'))).replace(/\s+/g, ' ');
    expect(cells).toBe('Warning CSAT 51 %, Repeat contact 37 %, NPS 12 %');
    expect(await seen(first.getByRole('rowheader'))).toBe('AI · Account look-up');
  });

  test('a new alert arrives live and is announced', async () => {
    const { page, server } = await visit({ scenario: { decline: false } });
    await page.getByText('No early warning is open').waitFor();
    server.raise(anAlert());
    await soon(() => page.getByRole('article').count()).toBe(1);
    expect(await page.title()).toBe('(1) Seamwatch');
    expect(await page.getByText('critical: Seam abandonment in tier 1 rose.').count()).toBe(1);
    expect(await tile(page, 'Tier 1, Seam').getAttribute('data-mark')).toBe('critical');
  });

  test('an alert whose data have gone stays and says so', async () => {
    const { page, server } = await visit();
    await page.getByRole('article').first().waitFor();
    const record = server.scenario.snapshot.rates.find((r) => r.segment === 'tier:1|path:ai')!;
    const points = record.points.map((p) => ({ ...p, state: 'no_data' as const, value: null, n: 0 }));
    server.send({ type: 'rates', rates: [{ ...record, points }] });
    await soon(() => seen(page.locator('.alert-status').first())).toContain('no data now');
    expect(await tile(page, 'Tier 1, AI').getAttribute('data-mark')).toBe('critical');
    const state = tile(page, 'Tier 1, AI').locator('.row', { hasText: 'Repeat contact' }).locator('.state');
    expect(await seen(state)).toContain('Critical · No data');
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
    const { page, server } = await visit({ clock: true, prepare: countTones });
    await page.getByRole('article').first().waitFor();
    server.raise(anAlert({ id: 'al-warning', level: 'warning' }));
    await soon(() => page.getByRole('article').count()).toBe(6);
    expect(await tones(page)).toBe(0);
    server.raise(anAlert());
    await soon(() => tones(page)).toBe(6);
    await page.clock.runFor(15_000);
    await soon(() => tones(page)).toBe(12);
    await page.getByRole('button', { name: 'Seen: stop the sound' }).click();
    await page.clock.runFor(60_000);
    expect(await tones(page)).toBe(12);
  });

  test('an alarm that nobody hears ends after ten minutes', async () => {
    const { page, server } = await visit({ clock: true, prepare: countTones });
    await drawn(page);
    server.raise(anAlert());
    await soon(() => tones(page)).toBe(6);
    await page.clock.runFor(10 * 60_000);
    const after = await tones(page);
    expect(after).toBe(40 * 6);
    await page.clock.runFor(60_000);
    expect(await tones(page)).toBe(after);
  });

  test.each([
    ['?wall', 0],
    ['?wall&sound', 6],
  ])('a wall at %s makes %d tones', async (query, expected) => {
    const { page, server } = await visit({ query, prepare: countTones });
    await drawn(page);
    server.raise(anAlert());
    await soon(() => page.getByRole('article').count()).toBe(6);
    await soon(() => tones(page)).toBe(expected);
  });

  test('the sound can be tried and turned off', async () => {
    const { page, server } = await visit({ prepare: countTones });
    await page.getByRole('button', { name: 'Test sound' }).click();
    await soon(() => tones(page)).toBe(6);
    await page.getByRole('button', { name: 'Sound on' }).click();
    server.raise(anAlert());
    await soon(() => page.getByRole('article').count()).toBe(6);
    expect(await tones(page)).toBe(6);
    await page.reload();
    await page.getByRole('button', { name: 'Sound off' }).waitFor();
  });
});
