import { parentPort, workerData } from 'node:worker_threads';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { parsePolicy } from '@seamwatch/contracts/policy.ts';
import { runJourneys, runSegments } from '@seamwatch/monitor/monitor.ts';
import { runDemo } from './demo-feed.ts';
import type { StageNews, StageWork } from './stage-work.ts';

const demoPace = { records: Number.POSITIVE_INFINITY, everyMs: 4_000 };

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
  // While a year is read, state that is overwritten in a moment need not be stored.
  if (work.stage === 'segments') await runSegments(work.demo ? { ...options, pace: demoPace } : options);
  else if (work.demo) await runDemo({ ...options, ...work.demo, say });
  else await runJourneys(options);
} finally {
  await log.close();
  parentPort!.unref();
}
