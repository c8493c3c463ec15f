/**
 * Takes the pictures of the README from the demo: node docs/pictures/make.ts
 *
 * Starts `seamwatch start --demo` on a free port with a folder of its own, waits until its year is read, and ends it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '../../test/stack/child-process.ts';
import { launchChromium } from '../../test/stack/chromium.ts';
import { freePort } from '../../test/stack/free-port.ts';

interface Overview {
  asOf: string | null;
  openAlerts: unknown[];
}

const root = join(import.meta.dirname, '../..');
/** A year takes under a minute; a busy machine takes longer. */
const patienceMs = 300_000;
/** The year is read once the newest closed minute is this close to the clock: at night contacts are few. */
const currentMs = 60 * 60_000;

const port = await freePort();
const address = `http://127.0.0.1:${port}/`;
const data = mkdtempSync(join(tmpdir(), 'seamwatch-pictures-'));
const demo = await startChild(
  process.execPath,
  [join(root, 'services/cli/src/main.ts'), 'start', '--demo', '--port', String(port), '--data', data],
  { cwd: root, log: join(data, 'demo.log'), scratch: data },
);

try {
  await yearRead();
  await takePictures();
} finally {
  demo.signal('SIGTERM');
  await demo.ended;
  rmSync(data, { recursive: true, force: true });
}

async function yearRead(): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && demo.running) {
    const overview = await fetch(new URL('v1/overview', address))
      .then((answer) => answer.json() as Promise<Overview>)
      .catch(() => undefined);
    const current = Date.now() - Date.parse(overview?.asOf ?? '') < currentMs;
    if (current && overview?.openAlerts.length) return;
    await sleep(500);
  }
  throw new Error('the demo did not get to the end of its year');
}

/** Pages in a dark theme; `part` takes one element alone, in double resolution. */
async function takePictures(): Promise<void> {
  const browser = await launchChromium();
  const take = async (name: string, size: [number, number], query = '', part?: string) => {
    const page = await browser.newPage({
      viewport: { width: size[0], height: size[1] },
      colorScheme: 'dark',
      deviceScaleFactor: part ? 2 : 1,
    });
    await page.goto(address + query);
    await page.locator('.plot.weekly canvas').waitFor();
    await page.waitForLoadState('networkidle');
    // Trend lines are drawn from the days that are fetched last.
    await sleep(2_000);
    const path = join(import.meta.dirname, `${name}.png`);
    await (part ? page.locator(part).first().screenshot({ path }) : page.screenshot({ path }));
    await page.close();
    console.log(path);
  };
  try {
    await take('desk', [1440, 1000]);
    await take('wall', [1920, 1080], '?wall');
    await take('phone', [390, 844]);
    await take('alert', [1440, 1000], '', 'article.alert.selected');
  } finally {
    await browser.close();
  }
}
