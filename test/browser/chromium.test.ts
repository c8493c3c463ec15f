import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../stack/chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(async () => {
  await browser?.close();
});

test('Chromium runs the script of a page and shows what it wrote', async () => {
  const page = await browser.newPage();
  await page.goto(
    'data:text/html,<h1>before</h1><script>document.querySelector("h1").append(", after")</script>',
  );
  expect(await page.getByRole('heading').textContent()).toBe('before, after');
  expect((await page.screenshot()).length).toBeGreaterThan(1000);
});
