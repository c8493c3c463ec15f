/**
 * Runs the speed benchmarks that the command line chooses; rows are printed as a table or, with `--json`, as JSON.
 *
 *   npm run bench:… -- [--quick] [--long] [--json] [--only ID,…] [--turns N] [--record] [--save]
 *
 * The quick form is small, for CI. It cannot hold the goals of the full form, so its ratios are held against those in
 * `recorded.json`: one that is worse by a third fails. `--record` writes what was measured there.
 *
 * `--save` puts the rows of the full form into `docs/figures/performance.json`, from which `npm run bench:figures` draws.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { saveRows } from './figures/saved.ts';
import { type Bench, digits, type Form, type Found, judge, type Recorded, type Row, say } from './ratio.ts';
import { printTable } from './table.ts';

/** What the command line says. Throws `SEAM_CONFIG` where rows of the quick form would be saved. */
export function optionsOf(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      record: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
      only: { type: 'string' },
      turns: { type: 'string' },
    },
  });
  if (values.save && values.quick) {
    throw new SeamError(
      'SEAM_CONFIG',
      '--save keeps what the full form measured, and --quick is another: leave one out',
    );
  }
  return values;
}

/** Runs the benchmarks that the command line chooses, prints the rows, and sets the exit code: 1 where one does not pass. */
export async function runBenches(benches: readonly Bench[]): Promise<void> {
  let values: ReturnType<typeof optionsOf>;
  try {
    values = optionsOf(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof SeamError ? `${error.code}: ${error.message}` : String(error));
    process.exitCode = 2;
    return;
  }
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
    save: values.save,
  };
  const found: Found[] = [];
  for (const bench of chosen) {
    say(bench.id);
    const own = await bench.run(form);
    if (form.save) saveRows(own);
    found.push(...own);
  }
  const file = new URL('recorded.json', import.meta.url);
  const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
  if (values.record && form.quick) {
    for (const { id, measured } of found) Object.assign(recorded, { [id]: Number(measured.toPrecision(3)) });
    writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  }
  const rows = found.map((one) => judge(one, form, recorded));
  if (values.json) console.log(JSON.stringify({ rows }, null, 2));
  else printRows(rows);
  process.exitCode = rows.every(({ pass }) => pass) ? 0 : 1;
}

function printRows(rows: readonly Row[]): void {
  const header = ['id', 'figure', 'goal', 'measured', '', 'made of'];
  const cells = rows.map(({ id, figure, goal, measured, pass, detail }) => [
    id,
    figure,
    goal,
    digits(measured),
    pass ? 'pass' : 'FAIL',
    detail ?? '',
  ]);
  printTable(header, cells);
}
