import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { parsePolicy } from '@seamwatch/contracts/policy.ts';
import { runJourneys, runSegments } from '@seamwatch/monitor/monitor.ts';
import { runDemo } from './demo-feed.ts';

/** What a stage's thread is told at its start. */
export interface StageWork {
  stage: 'journeys' | 'segments';
  file: string;
  /** Text of the policy; a parsed one does not survive the way into a thread. */
  policy: string;
  hashKey: Uint8Array;
  /** No rates are shown for minutes before it. */
  ratesFrom?: number;
  /** History that ends now, then live events, both simulated. */
  demo?: { endMs: number; seed: number };
}

/** What a stage's thread says. */
export type StageNews = { kind: 'history'; events: number } | { kind: 'live' };

const work = workerData as StageWork;
const policy = parsePolicy(work.policy);
const log = openSqliteEventLog({ file: work.file });
const stop = new AbortController();
parentPort!.once('message', () => stop.abort());
const { hashKey, ratesFrom } = work;
const options = {
  log,
  policy,
  hashKey,
  signal: stop.signal,
  ...(ratesFrom === undefined ? {} : { ratesFrom }),
};
const say = (news: StageNews) => parentPort!.postMessage(news);

try {
  if (work.stage === 'segments') await runSegments(options);
  else if (work.demo) await runDemo({ ...options, ...work.demo, say });
  else await runJourneys(options);
} finally {
  await log.close();
  parentPort!.unref();
}
