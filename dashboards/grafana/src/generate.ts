/** Writes `generated/seam-overview.json`; with `--check`, only says whether it is as the sources have it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { seamOverview } from './seam-overview.ts';

const file = new URL('../generated/seam-overview.json', import.meta.url);
const text = `${JSON.stringify(seamOverview(), null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readOr(file, '') !== text) {
  console.error(
    'dashboards/grafana/generated/seam-overview.json differs from its sources: npm run generate -w @seamwatch/grafana',
  );
  process.exitCode = 1;
}

function readOr(path: URL, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
