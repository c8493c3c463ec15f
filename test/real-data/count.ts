/**
 * Counts a file independently of the product, and prints JSON: what was read, and the figures in all, by path, by
 * category, by value band, and by category and value band.
 *
 *   node test/real-data/count.ts FILE [--bank] [--as-of 1999-03-01T00:00:00Z] [--window 28d]
 *
 * FILE is NDJSON of CloudEvents, or with --bank a month of the Anonymous Bank.
 */
import { parseArgs } from 'node:util';
import { Count, type Figures } from './figures.ts';
import type { Input } from './interactions.ts';
import { readBank } from './read-bank.ts';
import { readEvents } from './read-events.ts';

const minute = 60_000;

export const readInput = (file: string, bank: boolean): Input | Promise<Input> =>
  bank ? readBank(file) : readEvents(file);

/** End of the minute of the last event. */
export function lastMinute({ interactions, answers }: Input): number {
  let last = 0;
  for (const { close } of interactions) last = Math.max(last, close);
  for (const { at } of answers) last = Math.max(last, at);
  return (Math.floor(last / minute) + 1) * minute;
}

function countAll(input: Input, asOf: number, window: string): object {
  const count = new Count(input, asOf, window);
  const by = (name: 'path' | 'category' | 'valueBand', more: object = {}): Record<string, Figures> =>
    Object.fromEntries(
      count.values(name).map((value) => [value, count.figures({ ...more, [name]: [value] })] as const),
    );
  return {
    asOf: new Date(asOf).toISOString(),
    window,
    read: input.read,
    skipped: input.skipped,
    duplicates: input.duplicates,
    bad: input.bad,
    all: count.figures(),
    byPath: by('path'),
    byCategory: by('category'),
    byValueBand: by('valueBand'),
    byPathAndCategory: Object.fromEntries(
      count.values('path').map((path) => [path, by('category', { path: [path] })]),
    ),
    byPathAndValueBand: Object.fromEntries(
      count.values('path').map((path) => [path, by('valueBand', { path: [path] })]),
    ),
  };
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bank: { type: 'boolean', default: false },
      'as-of': { type: 'string' },
      window: { type: 'string' },
    },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error('name a file to count');
  const input = await readInput(file, values.bank);
  const asOf = values['as-of'] === undefined ? lastMinute(input) : Date.parse(values['as-of']);
  console.log(JSON.stringify(countAll(input, asOf, values.window ?? '28d'), null, 2));
}
