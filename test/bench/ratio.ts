/**
 * What every speed benchmark shares: a ratio is measured in one run, baseline and product in turns, and is the median
 * of the turns; rows are printed as a table or, with `--json`, as JSON.
 *
 *   npm run bench:… -- [--quick] [--long] [--json] [--only ID,…] [--turns N] [--record]
 *
 * The quick form is small, for CI. It cannot hold the goals of the full form, so its ratios are held against those in
 * `recorded.json`: one that is worse by a third fails. `--record` writes what was measured there.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export interface Form {
  quick: boolean;
  /** The run that takes an hour, where a measurement has one. */
  long: boolean;
  /** Turns that a median is taken of. */
  turns: number;
}

/** A figure must lie within the bounds, each inclusive; `aim` is what it should be. */
export interface Bounds {
  min?: number;
  max?: number;
  aim?: number;
}

export interface Found {
  /** Unique over all benchmarks: key of `recorded.json`. */
  id: string;
  figure: string;
  measured: number;
  bounds: Bounds;
  /** What the ratio is made of, for people: `baseline 376,000, product 190,000 events per CPU second`. */
  detail?: string;
}

export interface Row {
  id: string;
  figure: string;
  measured: number;
  goal: string;
  pass: boolean;
  detail?: string;
}

/** One measurement, which may give several rows. */
export interface Bench {
  id: string;
  run(form: Form): Promise<Found[]>;
}

export type Recorded = Readonly<Record<string, number>>;

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Turns {
  /** Median over the turns of product ÷ baseline. */
  ratio: number;
  /** Medians of either side, in the unit of what was measured. */
  baseline: number;
  product: number;
}

/**
 * Measures baseline and product in turns, and who begins changes each time, so that a machine that warms up or slows
 * down favours neither. Each side returns its figure, in the same unit.
 */
export async function inTurns(
  turns: number,
  baseline: () => Promise<number> | number,
  product: () => Promise<number> | number,
): Promise<Turns> {
  const found: { baseline: number; product: number }[] = [];
  for (let turn = 0; turn < turns; turn++) {
    if (turn % 2 === 0) {
      const first = await baseline();
      found.push({ baseline: first, product: await product() });
    } else {
      const first = await product();
      found.push({ baseline: await baseline(), product: first });
    }
    const last = found[turn]!;
    say(
      `  turn ${turn + 1} of ${turns}: baseline ${digits(last.baseline)}, product ${digits(last.product)}, ratio ${digits(last.product / last.baseline)}`,
    );
  }
  return {
    ratio: median(found.map((turn) => turn.product / turn.baseline)),
    baseline: median(found.map((turn) => turn.baseline)),
    product: median(found.map((turn) => turn.product)),
  };
}

/** Text for `detail`. */
export const sides = ({ baseline, product }: Turns, unit: string): string =>
  `baseline ${digits(baseline)}, product ${digits(product)} ${unit}`;

/** In the full form a row passes within its bounds; in the quick form where it is not worse by a third than recorded. */
export function judge(found: Found, form: Pick<Form, 'quick'>, recorded: Recorded): Row {
  const { id, figure, measured, bounds, detail } = found;
  const row = { id, figure, measured, ...(detail === undefined ? {} : { detail }) };
  if (!form.quick) return { ...row, goal: goalText(bounds), pass: within(measured, bounds) };
  const before = recorded[id];
  if (before === undefined) return { ...row, goal: 'none recorded', pass: false };
  const bound = bounds.min === undefined ? { max: before * 1.5 } : { min: (before * 2) / 3 };
  return { ...row, goal: `${goalText(bound)}, recorded ${digits(before)}`, pass: within(measured, bound) };
}

const within = (x: number, { min = -Infinity, max = Infinity }: Bounds) => x >= min && x <= max;

function goalText({ min, max, aim }: Bounds): string {
  const bounds = [
    min === undefined ? [] : [`≥ ${digits(min)}`],
    max === undefined ? [] : [`≤ ${digits(max)}`],
  ];
  return bounds.flat().join(', ') + (aim === undefined ? '' : ` (aim ${digits(aim)})`);
}

/** Runs the benchmarks that the command line chooses, prints the rows, and sets the exit code: 1 where one does not pass. */
export async function runBenches(benches: readonly Bench[]): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      only: { type: 'string' },
      turns: { type: 'string' },
    },
  });
  const wanted = values.only?.split(',');
  const chosen = benches.filter(({ id }) => wanted === undefined || wanted.includes(id));
  if (chosen.length === 0) {
    console.error(`unknown benchmark; there are ${benches.map(({ id }) => id).join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const form: Form = {
    quick: values.quick,
    long: values.long,
    turns: Number(values.turns ?? (values.quick ? 3 : 5)),
  };
  const found: Found[] = [];
  for (const bench of chosen) {
    say(bench.id);
    found.push(...(await bench.run(form)));
  }
  const file = new URL('recorded.json', import.meta.url);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  if (values.record && form.quick) {
    for (const { id, measured } of found) Object.assign(recorded, { [id]: Number(measured.toPrecision(3)) });
    writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  }
  const rows = found.map((one) => judge(one, form, recorded));
  if (values.json) console.log(JSON.stringify({ rows }, null, 2));
  else printTable(rows);
  process.exitCode = rows.every(({ pass }) => pass) ? 0 : 1;
}

/** Progress, on standard error: standard output belongs to the rows. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function printTable(rows: readonly Row[]): void {
  const header = ['id', 'figure', 'goal', 'measured', '', 'made of'];
  const cells = rows.map(({ id, figure, goal, measured, pass, detail }) => [
    id,
    figure,
    goal,
    digits(measured),
    pass ? 'pass' : 'FAIL',
    detail ?? '',
  ]);
  const widths = header.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  console.log([line(header), line(widths.map((w) => '─'.repeat(w))), ...cells.map(line)].join('\n'));
}

/** Three digits that count, thousands grouped. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  return x.toLocaleString('en', { maximumSignificantDigits: 3 });
}
