import { Worker } from 'node:worker_threads';
import type { Logger } from '../terminal/logger.ts';
import type { StageNews, StageWork } from './stage-work.ts';

/** How long a stage may take to finish its last commit. */
const stopMs = 5_000;

/**
 * Runs stages A and B in a thread each, so that the page stays responsive and two cores share the history. Resolves after
 * `signal` aborts; rejects where a stage fails.
 */
export async function runStages(options: {
  work: Omit<StageWork, 'stage'>;
  logger: Logger;
  signal: AbortSignal;
  onNews: (news: StageNews) => void;
}): Promise<void> {
  const { work, logger, signal, onNews } = options;
  const stages = (['journeys', 'segments'] as const).map((stage) => {
    const worker = new Worker(new URL('./stage-worker.ts', import.meta.url), {
      workerData: { ...work, stage },
    });
    worker.on('message', onNews);
    const ended = new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('exit', (code) => {
        if (code === 0 || signal.aborted) resolve();
        else reject(new Error(`the ${stage} stage ended with code ${code}`));
      });
    });
    return { worker, ended };
  });
  const stop = () => {
    for (const { worker } of stages) {
      worker.postMessage('stop');
      setTimeout(() => void worker.terminate(), stopMs).unref();
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await Promise.race([Promise.all(stages.map((s) => s.ended)), failure(stages.map((s) => s.ended))]);
  } catch (error) {
    if (!signal.aborted) logger.error({ error: String(error) }, 'a stage failed');
    stop();
    throw error;
  }
}

/** Rejects with the first failure; never resolves. */
const failure = (all: readonly Promise<void>[]): Promise<never> =>
  new Promise((_, reject) => {
    for (const one of all) one.catch(reject);
  });
