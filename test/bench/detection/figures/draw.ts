import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chart, svg } from './chart.ts';
import { delayByEffect } from './delay-by-effect.ts';
import { evidenceOverTime } from './evidence-over-time.ts';

const folder = join(import.meta.dirname, '../../../../docs/figures');

/** Draws the figures of `docs/detection.md`; the same every time. */
export function drawFigures(): void {
  mkdirSync(folder, { recursive: true });
  const figures: Record<string, () => Chart> = {
    'delay-by-effect.svg': delayByEffect,
    'evidence-over-time.svg': evidenceOverTime,
  };
  for (const [name, draw] of Object.entries(figures)) {
    writeFileSync(join(folder, name), svg(draw()));
    console.error(`docs/figures/${name}`);
  }
}
