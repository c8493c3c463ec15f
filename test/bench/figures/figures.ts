import { ratiosFigure } from './ratios.ts';
import type { Saved } from './saved.ts';
import { soakFigure } from './soak.ts';

/** SVG by file name; a figure of which nothing has been measured is left out. */
export function figuresOf(saved: Saved): Record<string, string> {
  const all = { 'performance.svg': ratiosFigure(saved), 'soak.svg': soakFigure(saved) };
  return Object.fromEntries(Object.entries(all).flatMap(([name, svg]) => (svg ? [[name, svg]] : [])));
}

/** Names of the figures that differ from what `read` finds under them. */
export function drifted(
  figures: Readonly<Record<string, string>>,
  read: (name: string) => string | undefined,
): string[] {
  return Object.keys(figures).filter((name) => read(name) !== figures[name]);
}
