import type { Policy } from '@seamwatch/contracts/policy.ts';
import { hashKeyOf } from '@seamwatch/monitor/hash-key.ts';
import { Command } from 'commander';
import { type Context, openStore, readContext, readPolicy, storeFile, usesKafka } from '../context.ts';
import { describeStateSummary, describeSummary } from '../replay/describe-summary.ts';
import { openMapping } from '../replay/open-mapping.ts';
import { type ReplayProgress, replayFiles, sizeOf } from '../replay/replay-files.ts';
import { replayState } from '../replay/replay-state.ts';
import { interruption } from '../roles/interruption.ts';
import { openTarget, type TargetOptions, withTargetOptions } from '../targets/open-target.ts';
import { UsageError } from '../terminal/failure.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { count } from '../terminal/text.ts';

const help = `
A file is NDJSON of CloudEvents (.ndjson, .jsonl, .json), or with --map any CSV or TSV with a header line; .gz is
unpacked, and - is standard input. Events are sorted by event time over all files; what does not fit into memory goes to
TMPDIR meanwhile. Lines and rows that are no events are kept in the topic dead-letters, with their bytes and the reason.
Replaying the same file again is harmless.

A mapping module exports a function (row, context) => CloudEvent | 'skip' | { bad: reason }, and timeZone; see
examples/mappings.

With --state-only a long history goes into a new embedded store at the speed of the machine: only what is made of the
events is stored, not the events. Files must be NDJSON in order of time.

  seamwatch replay events.ndjson
  seamwatch replay --state-only 2024.ndjson.gz 2025.ndjson.gz
  seamwatch replay --map examples/mappings/anonymous-bank.ts calls.txt --dry-run`;

interface Options extends TargetOptions {
  map?: string;
  history?: true;
  stateOnly?: true;
  dryRun?: true;
  json?: true;
}

export const replayCommand = withTargetOptions(
  new Command('replay')
    .description('send the events of files, in order of event time')
    .argument('<file...>', 'NDJSON of CloudEvents, or CSV with --map')
    .option('--map <module>', 'mapping module for CSV and TSV')
    .option('--history', 'send events behind the running watermark, too')
    .option('--state-only', 'into a new embedded store, whose events are not kept')
    .option('--dry-run', 'read and judge, and send nothing')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', help),
).action(async (files: string[], options: Options) => {
  const unmapped = files.find((file) => /\.(csv|tsv)(\.gz)?$/i.test(file));
  if (unmapped !== undefined && options.map === undefined) {
    throw new UsageError(`${unmapped} needs a mapping: --map module.ts`);
  }
  const context = readContext('replay');
  const policy = readPolicy(context.settings);
  if (options.stateOnly) {
    await takeIntoState(files, options, context, policy);
    return;
  }
  const mapping = options.map === undefined ? undefined : await openMapping(options.map);
  const target = options.dryRun ? undefined : await openTarget(options, context);
  const bar = new ProgressBar();
  try {
    const summary = await replayFiles({
      files,
      mapping,
      target,
      history: options.history ?? false,
      allowedLatenessMs: policy.time.allowedLateness,
      onProgress: ({ phase, share, done }: ReplayProgress) =>
        bar.show(phase, share, `${count(done)} records`),
      signal: interruption(),
    });
    bar.end();
    if (options.json) printJson(summary);
    else printLine(describeSummary(summary));
    const nothingGood = Object.keys(summary.events).length === 0;
    if (nothingGood && summary.examples.length > 0) process.exitCode = 1;
  } finally {
    bar.end();
    await target?.close();
  }
});

/** Of the other options only `--to-store` and `--json` go with it. */
async function takeIntoState(files: string[], options: Options, context: Context, policy: Policy) {
  const { map, history, dryRun, toKafka, toHttp, json } = options;
  if (map ?? history ?? dryRun ?? toKafka ?? toHttp) {
    throw new UsageError('--state-only takes NDJSON into the embedded store: leave the other options out');
  }
  const { settings } = context;
  if (usesKafka(settings) && !options.toStore) {
    throw new UsageError(
      '--state-only is for the embedded store: add --to-store, or unset SEAMWATCH_KAFKA_BROKERS',
    );
  }
  const log = openStore(settings);
  const bar = new ProgressBar();
  const size = sizeOf(files);
  let bytes = 0;
  let taken = 0;
  try {
    const summary = await replayState({
      files,
      log,
      policy,
      hashKey: await hashKeyOf(settings.SEAMWATCH_HASH_KEY, log),
      onBytes: (n) => {
        bytes += n;
      },
      onTaken: (events) => {
        taken += events;
        bar.show('reading', size === undefined ? undefined : bytes / size, `${count(taken)} events`);
      },
      signal: interruption(),
    });
    bar.end();
    if (json) printJson(summary);
    else printLine(describeStateSummary(summary, storeFile(settings)));
  } finally {
    bar.end();
    await log.close();
  }
}
