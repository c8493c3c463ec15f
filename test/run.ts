/**
 * Runs every check of the project, and the tests against real servers.
 *
 *   node test/run.ts                     all steps
 *   node test/run.ts STEP [FILTER…]      one step; filters are paths of test files
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What to say once more at the very end: of each failed test its name and why, and of each that failed once. */
  remarks?: string[];
}

/** What is read here of vitest's report. */
interface TestFile {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

interface Step {
  name: string;
  /** Whether it uses the servers that the step `prepare` provides. */
  servers?: boolean;
  /** Called before all steps, for what takes long and needs no attention. */
  begin?(): void;
  run(filters: string[]): Promise<Counts>;
}

interface Outcome extends Counts {
  name: string;
  seconds: number;
}

const root = join(import.meta.dirname, '..');
const children = new Set<ChildProcess>();
let interrupted = false;

const steps: Step[] = [
  script('lint', 'lint'),
  script('types', 'types'),
  script('rules', 'rules'),
  script('dead-code', 'dead-code'),
  script('generated', 'generated'),
  script('page', 'build:page'),
  vitest('unit'),
  preparation(),
  { ...vitest('integration'), servers: true },
  { ...vitest('browser'), servers: true },
  program('detection', 'test/bench/detection/main.ts', '--quick'),
  { ...program('faults', 'test/faults/main.ts', '--short'), servers: true },
  {
    ...program('throughput', 'test/bench/throughput/main.ts', '--quick', '--only', 'stage-a,stage-b,restore'),
    servers: true,
  },
  program('memory', 'test/bench/memory/main.ts', '--quick'),
];

function script(name: string, npmScript: string): Step {
  const run = async () => one((await ended(start('npm', ['run', '--silent', npmScript]))) === 0);
  return { name, run };
}

/** A program in its short form; `filters` are more options of it, as `--seed 7`. */
function program(name: string, file: string, ...form: string[]): Step {
  const run = async (filters: string[]) =>
    one((await ended(start(process.execPath, [join(root, file), ...form, ...filters]))) === 0);
  return { name, run };
}

function vitest(project: string): Step {
  const run = async (filters: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'seamwatch-results-'));
    const report = join(folder, 'results.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const command = join(root, 'node_modules/vitest/vitest.mjs');
    const child = start(process.execPath, [command, 'run', '--project', project, ...reporters, ...filters]);
    const succeeded = (await ended(child)) === 0;
    const counts = readReport(report);
    rmSync(folder, { recursive: true });
    // A file that cannot be loaded, an error outside of any test, no test at all: nothing to count, yet a failure.
    return succeeded || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  };
  return { name: project, run };
}

function readReport(file: string): Counts {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const files: TestFile[] = report.testResults;
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests + files.filter(isBroken).length,
      skipped: report.numPendingTests + report.numTodoTests,
      remarks: files.flatMap(remarksOf),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Whether it could not be loaded: failed without a failed test. */
const isBroken = (file: TestFile): boolean =>
  file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');

function remarksOf(file: TestFile): string[] {
  const where = relative(root, file.name);
  if (isBroken(file)) return [`${styleText('red', 'failed')}  ${where}\n${excerpt(file.message)}`];
  return file.assertionResults
    .filter(({ failureMessages }) => failureMessages.length > 0)
    .map(({ status, fullName, failureMessages }) => {
      const how =
        status === 'failed' ? styleText('red', 'failed') : styleText('yellow', 'passed when tried again');
      return `${how}  ${where}: ${fullName}\n${excerpt(failureMessages.join('\n'))}`;
    });
}

/** What an error says, and where in the project it came from. */
function excerpt(message: string): string {
  const lines = stripVTControlCharacters(message).split('\n');
  return lines
    .filter((line) => !line.includes('node_modules'))
    .slice(0, 20)
    .join('\n');
}

// Building a server takes minutes the first time, so it goes on, at low priority, beside the steps that need none.
function preparation(): Step {
  const held: Buffer[] = [];
  let show = (chunk: Buffer) => void held.push(chunk);
  let end: Promise<number | null>;
  return {
    name: 'prepare',
    begin() {
      const child = start(process.execPath, [join(root, 'test/stack/prepare.ts')], 'pipe');
      if (child.pid !== undefined) setPriority(child.pid, 19);
      child.stdout?.on('data', (chunk) => show(chunk));
      child.stderr?.on('data', (chunk) => show(chunk));
      end = ended(child);
    },
    async run() {
      show = (chunk) => void process.stdout.write(chunk);
      for (const chunk of held) show(chunk);
      return one((await end) === 0);
    },
  };
}

function start(command: string, args: string[], output: 'inherit' | 'pipe' = 'inherit'): ChildProcess {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', output, output] });
  children.add(child);
  return child;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(error.message);
      children.delete(child);
      resolve(null);
    });
    child.once('close', (code) => {
      children.delete(child);
      resolve(code);
    });
  });
}

function one(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

async function timed(step: Step, filters: string[]): Promise<Outcome> {
  console.log(styleText('bold', `\n── ${step.name}`));
  const begin = performance.now();
  const counts = await step.run(filters);
  const outcome = { name: step.name, seconds: (performance.now() - begin) / 1000, ...counts };
  console.log(describe(outcome));
  return outcome;
}

function describe({ name, seconds, passed, failed, skipped }: Outcome): string {
  const result = failed > 0 ? styleText('red', 'failed') : styleText('green', 'passed');
  const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return `${result}  ${name.padEnd(12)} ${`${seconds.toFixed(1)} s`.padStart(8)}   ${counts}`;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of children) child.kill('SIGTERM');
    setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, 10_000).unref();
  });
}

const [only, ...filters] = process.argv.slice(2);
const chosen = steps.filter((step) => only === undefined || step.name === only);
if (chosen.length === 0) {
  console.error(`there is no step "${only}", only: ${steps.map((step) => step.name).join(', ')}`);
  process.exit(2);
}
if (only !== undefined && chosen[0]?.servers)
  chosen.unshift(...steps.filter((step) => step.name === 'prepare'));
for (const step of chosen) step.begin?.();

const outcomes: Outcome[] = [];
for (const step of chosen) {
  if (!interrupted) outcomes.push(await timed(step, filters));
}

const sum = (key: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[key], 0);
console.log(styleText('bold', '\n── all steps'));
for (const outcome of outcomes) console.log(describe(outcome));
for (const { remarks = [] } of outcomes) for (const remark of remarks) console.log(`\n${remark}`);
if (interrupted) console.log('interrupted');
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = interrupted || sum('failed') > 0 ? 1 : 0;
