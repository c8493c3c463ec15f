import { Command } from 'commander';
import { readContext, readPolicy } from '../context.ts';
import { describeSummary } from '../replay/describe-summary.ts';
import { openMapping } from '../replay/open-mapping.ts';
import { type ReplayProgress, replayFiles } from '../replay/replay-files.ts';
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

  seamwatch replay events.ndjson
  seamwatch replay --map examples/mappings/anonymous-bank.ts calls.txt --dry-run`;

interface Options extends TargetOptions {
  map?: string;
  history?: true;
  dryRun?: true;
  json?: true;
}

export const replayCommand = withTargetOptions(
  new Command('replay')
    .description('send the events of files, in order of event time')
    .argument('<file...>', 'NDJSON of CloudEvents, or CSV with --map')
    .option('--map <module>', 'mapping module for CSV and TSV')
    .option('--history', 'send events behind the running watermark, too')
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
