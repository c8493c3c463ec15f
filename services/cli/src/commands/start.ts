import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { parsePolicy } from '@seamwatch/contracts/policy.ts';
import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { startGateway } from '@seamwatch/gateway/gateway.ts';
import { hashKeyOf } from '@seamwatch/monitor/hash-key.ts';
import { startRecorder } from '@seamwatch/recorder/recorder.ts';
import { demoSeed } from '@seamwatch/simulator/demo.ts';
import { Command } from 'commander';
import { influxOf, pageDir, readContext, readPolicyText, storeFile } from '../context.ts';
import { runStages } from '../embedded/run-stages.ts';
import type { StageNews } from '../embedded/stage-work.ts';
import { EventualLog } from '../roles/eventual-log.ts';
import { interruption } from '../roles/interruption.ts';
import { parsePort } from './parse-options.ts';

interface Options {
  demo?: boolean;
  host?: string;
  port?: number;
  data?: string;
  seed: string;
}

const demoPolicy = join(import.meta.dirname, '../../../../examples/policies/demo.yaml');
/** Rates of the demo's history are shown for this long before now, as the log would keep them. */
const ratesKeptMs = 3 * dayMs;

export const startCommand = new Command('start')
  .description('run everything in one process, on the embedded store')
  .option('--demo', 'begin with a simulated year and go on live; nothing is read from elsewhere')
  .option('--host <address>', 'address to bind, instead of SEAMWATCH_HOST')
  .option('--port <port>', 'port to listen on, instead of SEAMWATCH_PORT', parsePort)
  .option('--data <folder>', 'folder of the store, instead of SEAMWATCH_DATA')
  .option('--seed <number>', 'seed of the simulation', String(demoSeed))
  .action(async ({ demo = false, host, port, data, seed }: Options) => {
    const context = readContext('start', {
      ...(host !== undefined && { SEAMWATCH_HOST: host }),
      ...(port !== undefined && { SEAMWATCH_PORT: port }),
      ...(data !== undefined && { SEAMWATCH_DATA: data }),
    });
    const { settings, logger } = context;
    const policyFile = demo ? (settings.SEAMWATCH_POLICY ?? demoPolicy) : settings.SEAMWATCH_POLICY;
    const policyText = policyFile === undefined ? 'version: 1\n' : readPolicyText(policyFile);
    const policy = parsePolicy(policyText, policyFile);
    const file = demo ? join(settings.SEAMWATCH_DATA, 'demo.sqlite') : storeFile(settings);
    const signal = interruption();
    mkdirSync(dirname(file), { recursive: true });
    // The gateway first: a port that is taken must not cost a demo that is running its store.
    const opened = Promise.withResolvers<EventLog>();
    const log = new EventualLog(() => opened.promise, logger);
    const gateway = await startGateway({ log, settings, pageDir, policy, logger, simulated: demo });
    const now = Date.now();
    try {
      if (demo) for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
      const store = openSqliteEventLog({ file });
      opened.resolve(store);
      const hashKey = await hashKeyOf(settings.SEAMWATCH_HASH_KEY, store);
      const work = { file, policy: policyText, hashKey };
      const demoWork = { ratesFrom: now - ratesKeptMs, demo: { endMs: now, seed: Number(seed) } };
      const trimming = setInterval(() => void store.trim(Date.now()), hourMs);
      const recorder = settings.SEAMWATCH_INFLUX_URL
        ? startRecorder({ log: store, influx: influxOf(settings), logger, signal }).done
        : Promise.resolve();
      const stages = runStages({
        work: demo ? { ...work, ...demoWork } : work,
        logger,
        signal,
        onNews: (news) => tell(news, gateway.url),
      });
      if (!demo)
        process.stderr.write(`Seamwatch is on ${gateway.url}; send events to ${gateway.url}/v1/events\n`);
      await Promise.all([stages, recorder]);
      clearInterval(trimming);
    } finally {
      await gateway.close();
      await log.close();
    }
    logger.info({}, 'stopped');
  });

let told = 0;

function tell(news: StageNews, url: string): void {
  if (news.kind === 'live') {
    process.stderr.write(
      `\nAll events of the year are in; the page fills up to now within seconds, then goes on live: ${url} (simulated data)\n`,
    );
  } else if (news.events - told >= 50_000) {
    told = news.events;
    process.stderr.write(
      `\rSimulating a year: ${news.events.toLocaleString('en')} events. The page: ${url} `,
    );
  }
}
