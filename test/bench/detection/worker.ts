import { parentPort } from 'node:worker_threads';
import type { Task } from './goal.ts';
import { goals } from './goals.ts';

parentPort!.on('message', ({ goal, seed, params }: Task) => {
  const found = goals.find(({ id }) => id === goal)!;
  parentPort!.postMessage(found.run(params, seed));
});
