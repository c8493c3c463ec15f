/**
 * The benchmark of detection:
 *
 *   npm run bench:detection -- [--quick] [--json] [--only ID,…] [--workers N] [--figures]
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { printTable } from '../table.ts';
import type { Mode, Row, Task } from './goal.ts';
import { goals } from './goals.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    only: { type: 'string' },
    workers: { type: 'string', default: String(availableParallelism()) },
  },
});

const mode: Mode = values.quick ? 'quick' : 'full';
const wanted = values.only?.split(',');
const chosen = goals.filter(({ id }) => wanted === undefined || wanted.includes(id));
if (chosen.length === 0) {
  console.error(`unknown goal; there are ${goals.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}
if (values.figures) {
  const { drawFigures } = await import('./figures/draw.ts');
  drawFigures();
  process.exit(0);
}

const tasks = chosen.flatMap((goal) =>
  goal.tasks(mode).map((params, i): Task => ({ goal: goal.id, seed: 1_000 * i + 1, params })),
);
const parts = await runAll(tasks, Math.max(1, Number(values.workers)));
const rows = chosen.flatMap((goal) => {
  const own = tasks.flatMap((task, i) =>
    task.goal === goal.id ? [{ params: task.params, part: parts[i] }] : [],
  );
  return goal.rows(own, mode);
});

if (values.json) console.log(JSON.stringify({ rows }, null, 2));
else printRows(rows);
process.exitCode = rows.every(({ pass }) => pass) ? 0 : 1;

/** Hands tasks to workers, the next to whoever is free; results in the order of tasks. */
async function runAll(queue: readonly Task[], workers: number): Promise<unknown[]> {
  const results = new Array<unknown>(queue.length);
  let next = 0;
  let done = 0;
  const started = performance.now();
  const work = async () => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url));
    try {
      while (next < queue.length) {
        const i = next++;
        results[i] = await ask(worker, queue[i]!);
        done++;
        progress(done, queue.length, started);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, queue.length) }, work));
  return results;
}

function ask(worker: Worker, task: Task): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (result) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.postMessage(task);
  });
}

function progress(done: number, all: number, started: number): void {
  if (!process.stderr.isTTY) return;
  const seconds = Math.round((performance.now() - started) / 1_000);
  process.stderr.write(`\r${done} of ${all} tasks, ${seconds} s${done === all ? '\n' : ''}`);
}

function printRows(all: readonly Row[]): void {
  const cells = all.map(({ id, figure, measured, se, goal, pass }) => [
    id,
    figure,
    goal,
    digits(measured),
    se > 0 ? `± ${digits(se)}` : '',
    goal === '–' ? '' : pass ? 'pass' : 'FAIL',
  ]);
  const header = ['goal', 'figure', 'bound', 'measured', 'se', ''];
  printTable(header, cells);
}

function digits(x: number): string {
  if (!Number.isFinite(x)) return String(x);
  const magnitude = Math.abs(x);
  return x.toFixed(magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3);
}
