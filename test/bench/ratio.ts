/**
 * What every speed benchmark shares: a ratio is measured in one run, baseline and product in turns, and is the median
 * of the turns.
 */

export interface Form {
  quick: boolean;
  /** The run that takes an hour, where a measurement has one. */
  long: boolean;
  /** Turns that a median is taken of. */
  turns: number;
  /** What was measured is kept for the figures of the docs. */
  save: boolean;
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
  /** Of a figure that is no ratio. */
  unit?: string;
  bounds: Bounds;
  /** The ratio of each turn. */
  turns?: readonly number[];
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
  /** That of each turn. */
  ratios: readonly number[];
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
  const ratios = found.map((turn) => turn.product / turn.baseline);
  return {
    ratio: median(ratios),
    ratios,
    baseline: median(found.map((turn) => turn.baseline)),
    product: median(found.map((turn) => turn.product)),
  };
}

/** Text for `detail`. */
export const sides = ({ baseline, product }: Turns, unit: string): string =>
  `baseline ${digits(baseline)}, product ${digits(product)} ${unit}`;

/** Bounds of a figure that is recorded: worse by a third is out of them. */
export const boundsOf = (recorded: number, atLeast: boolean): Bounds =>
  atLeast ? { min: (recorded * 2) / 3 } : { max: recorded * 1.5 };

/** In the full form a row passes within its bounds; in the quick form where it is not worse by a third than recorded. */
export function judge(found: Found, form: Pick<Form, 'quick'>, recorded: Recorded): Row {
  const { id, figure, measured, bounds, detail } = found;
  const row = { id, figure, measured, ...(detail === undefined ? {} : { detail }) };
  if (!form.quick) return { ...row, goal: goalText(bounds), pass: within(measured, bounds) };
  const before = recorded[id];
  if (before === undefined) return { ...row, goal: 'none recorded', pass: false };
  const bound = boundsOf(before, bounds.min !== undefined);
  return { ...row, goal: `${goalText(bound)}, recorded ${digits(before)}`, pass: within(measured, bound) };
}

export const within = (x: number, { min = -Infinity, max = Infinity }: Bounds) => x >= min && x <= max;

function goalText({ min, max, aim }: Bounds): string {
  const bounds = [
    min === undefined ? [] : [`≥ ${digits(min)}`],
    max === undefined ? [] : [`≤ ${digits(max)}`],
  ];
  return bounds.flat().join(', ') + (aim === undefined ? '' : ` (aim ${digits(aim)})`);
}

/** Progress, on standard error: standard output belongs to the rows. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Three digits that count, thousands grouped. */
export function digits(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  return x.toLocaleString('en', { maximumSignificantDigits: 3 });
}
