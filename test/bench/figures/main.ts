/** Draws the figures of `docs/performance.md` from what `--save` has kept; with `--check`, only says whether they are those. */
import { readFileSync, writeFileSync } from 'node:fs';
import { drifted, figuresOf } from './figures.ts';
import { readSaved } from './saved.ts';

const folder = new URL('../../../docs/figures/', import.meta.url);
const figures = figuresOf(readSaved());

if (process.argv.includes('--check')) {
  const names = drifted(figures, onDisk);
  for (const name of names)
    console.error(`docs/figures/${name} is not that of performance.json: npm run bench:figures`);
  process.exitCode = names.length > 0 ? 1 : 0;
} else {
  for (const [name, svg] of Object.entries(figures)) {
    writeFileSync(new URL(name, folder), svg);
    console.error(`docs/figures/${name}`);
  }
}

function onDisk(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, folder), 'utf8');
  } catch {
    return undefined;
  }
}
