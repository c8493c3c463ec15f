import { readFileSync } from 'node:fs';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { demoScenario } from '@seamwatch/simulator/demo.ts';
import { parseScenario, type Scenario } from '@seamwatch/simulator/scenario.ts';
import { Command, InvalidArgumentError } from 'commander';
import { readContext } from '../context.ts';
import { interruption } from '../roles/interruption.ts';
import { Pace } from '../simulate/pace.ts';
import { runSimulation, type SimulationSummary } from '../simulate/run-simulation.ts';
import { FileTarget } from '../targets/file-target.ts';
import { openTarget, type TargetOptions, withTargetOptions } from '../targets/open-target.ts';
import { UsageError } from '../terminal/failure.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { count, table } from '../terminal/text.ts';
import { parseTime, parseWhole } from './parse-options.ts';

const defaultDays = 28;
const help = `
The same scenario and seed give the same events, byte for byte. Without --live everything from --from to --to is sent as
fast as it is taken; with --live it goes on at the pace of the clock when it has caught up. --speed lets time run from
--from on, as many seconds a second, until it has caught up. docs/simulator.md describes scenario files.

  seamwatch simulate --from 2026-01-01 --to 2026-02-01 --out events.ndjson
  seamwatch simulate --scenario demo --live
  seamwatch simulate --scenario decline.yaml --speed 3600 --to-http http://127.0.0.1:8787`;

interface Options extends TargetOptions {
  scenario?: string;
  seed?: number;
  from?: number;
  to?: number;
  perDay?: number;
  live?: true;
  speed?: number;
  out?: string;
  json?: true;
}

const parseSpeed = (text: string): number => {
  const speed = Number(text);
  if (!(speed > 0)) throw new InvalidArgumentError('It is a number above 0.');
  return speed;
};

export const simulateCommand = withTargetOptions(
  new Command('simulate')
    .description('send the events of a simulated contact centre')
    .option('--scenario <file>', 'scenario in YAML or JSON; "demo" is the year of start --demo')
    .option('--seed <n>', 'seed, instead of that of the scenario', parseWhole(0))
    .option('--from <time>', `first day or time (default: ${defaultDays} days ago)`, parseTime)
    .option('--to <time>', 'end (default: now)', parseTime)
    .option('--per-day <n>', 'interactions a day', parseWhole(1))
    .option('--live', 'go on for ever, at the pace of the clock')
    .option('--speed <x>', 'simulated seconds a second, until the clock is reached', parseSpeed)
    .option('--out <file>', 'write NDJSON to a file, or to standard output for -')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', help),
).action(async (options: Options) => {
  const context = readContext('simulate');
  const nowMs = Date.now();
  const endless = options.live === true || options.speed !== undefined;
  if (endless && options.live && options.to !== undefined)
    throw new UsageError('--live has no end: leave --to out');
  const scenario = scenarioOf(options, nowMs, endless);
  if (options.out !== undefined && (options.toHttp ?? options.toKafka ?? options.toStore) !== undefined) {
    throw new UsageError('--out goes alone, without --to-kafka, --to-store or --to-http');
  }
  if (options.out === undefined && (scenario.to ?? 0) > nowMs) {
    throw new UsageError(
      'events of the future would be refused: --to may not lie ahead of the clock, save with --out',
    );
  }
  const target = options.out === undefined ? await openTarget(options, context) : new FileTarget(options.out);
  const speed = options.speed ?? Number.POSITIVE_INFINITY;
  const pace = endless ? new Pace({ fromMs: scenario.from, speed }) : undefined;
  const bar = new ProgressBar();
  const span = (scenario.to ?? nowMs) - scenario.from;
  try {
    const summary = await runSimulation({
      scenario,
      target,
      pace,
      signal: interruption(),
      onProgress: ({ atMs, done, live }) =>
        live
          ? bar.show('live', undefined, `${new Date(atMs).toISOString()}  ${count(done)} events`)
          : bar.show('simulating', (atMs - scenario.from) / span, `${count(done)} events`),
    });
    bar.end();
    const text = options.json ? JSON.stringify(summary, null, 2) : described(summary);
    // Standard output may hold the events.
    (options.out === '-' ? process.stderr : process.stdout).write(`${text}\n`);
  } finally {
    bar.end();
    await target.close();
  }
});

function scenarioOf(options: Options, nowMs: number, endless: boolean): Scenario {
  const base = baseOf(options, nowMs);
  const { to, ...endlessBase } = { ...base, ...given('from', options.from), ...given('seed', options.seed) };
  return parseScenario({
    ...endlessBase,
    ...given('interactionsPerDay', options.perDay),
    ...(options.live ? {} : given('to', options.to ?? to ?? (endless ? undefined : nowMs))),
  });
}

function baseOf({ scenario, from }: Options, nowMs: number): Scenario {
  if (scenario === undefined) return parseScenario({ from: from ?? nowMs - defaultDays * dayMs });
  if (scenario === 'demo') return demoScenario({ now: nowMs });
  try {
    return parseScenario(readFileSync(scenario, 'utf8'));
  } catch (error) {
    if (error instanceof SeamError) throw new SeamError('SEAM_CONFIG', `${scenario}: ${error.message}`);
    const why = error instanceof Error ? error.message : String(error);
    throw new SeamError('SEAM_CONFIG', `the scenario ${scenario} cannot be read (${why})`, { cause: error });
  }
}

const given = (name: string, value: unknown): object => (value === undefined ? {} : { [name]: value });

function described({ sent, duplicates, bad, from, to, target }: SimulationSummary): string {
  const rows: [string, number, string][] = Object.entries(sent).map(([topic, n]) => [
    'sent',
    n,
    `${topic}, to ${target}`,
  ]);
  if (duplicates > 0) rows.push(['of these', duplicates, 'repetitions']);
  for (const [code, n] of Object.entries(bad)) rows.push(['of these', n, `to be refused: ${code}`]);
  return [table(rows), `event time  ${from} to ${to ?? 'nothing'}`].join('\n');
}
