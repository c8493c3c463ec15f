import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { findProgram, installPackages, mayInstall, type Say } from './tools.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = [
  '/snap/bin/chromium',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/**
 * The path of a Chromium: the one of SEAMWATCH_TEST_CHROMIUM, or an installed one, or, as root on Debian,
 * installed now. Throws with the line to run where it cannot be had.
 */
export async function chromiumPath(say: Say = console.log): Promise<string> {
  const given = process.env.SEAMWATCH_TEST_CHROMIUM;
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`SEAMWATCH_TEST_CHROMIUM names ${given}, which is not there`);
  }
  const installed = await findChromium();
  if (installed !== undefined) return installed;
  if (mayInstall()) await installPackages(['chromium'], say);
  const now = await findChromium();
  if (now !== undefined) return now;
  throw new Error('there is no Chromium. Run: apt-get install -y chromium, or set SEAMWATCH_TEST_CHROMIUM');
}

/** A headless browser. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args: quiet });
}

async function findChromium(): Promise<string | undefined> {
  for (const name of names) {
    const path = await findProgram(name);
    if (path !== undefined) return path;
  }
  return usualPlaces.find((path) => existsSync(path));
}
