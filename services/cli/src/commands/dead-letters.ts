import { Command } from 'commander';
import { openLog, readContext } from '../context.ts';
import { type DeadLetter, readDeadLetters } from '../dead-letters/read-dead-letters.ts';
import { resend } from '../dead-letters/resend.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { plural, table } from '../terminal/text.ts';
import { parseWhole } from './parse-options.ts';

interface Options {
  code?: string;
  source?: string;
  json?: true;
}

const shownBytes = 100;

const withFilter = (command: Command): Command =>
  command
    .option('--code <code>', 'only those refused for this reason, such as SEAM_SCORE_RANGE')
    .option('--source <source>', 'only those from there, such as surveys-3, http or file:events.ndjson')
    .option('--json', 'print the result as JSON');

const listCommand = withFilter(new Command('list').description('show records that were refused, and why'))
  .option('--limit <n>', 'show at most so many, the newest (0: only the counts)', parseWhole(0), 20)
  .action(async ({ code, source, json, limit }: Options & { limit: number }) => {
    const log = await openLog(readContext('dead-letters'));
    try {
      const letters = await readDeadLetters(log, { code, source });
      const newest = limit === 0 ? [] : letters.slice(-limit);
      const byCode = Object.fromEntries(
        [...Map.groupBy(letters, (l) => l.code)].map(([c, list]) => [c, list.length]),
      );
      if (json) printJson({ total: letters.length, byCode, letters: newest.map(plain) });
      else print(letters.length, byCode, newest);
    } finally {
      await log.close();
    }
  });

const replayCommand = withFilter(
  new Command('replay').description(
    'send those that are events to their topics again, with their original bytes',
  ),
)
  .option('--dry-run', 'only say what would be sent')
  .action(async ({ code, source, json, dryRun = false }: Options & { dryRun?: boolean }) => {
    const log = await openLog(readContext('dead-letters'));
    try {
      const result = await resend(log, await readDeadLetters(log, { code, source }), dryRun);
      if (json) return printJson(result);
      const rows = Object.entries(result.sent).map(([topic, n]) => [
        dryRun ? 'would be sent' : 'sent',
        n,
        `to ${topic}`,
      ]);
      for (const [reason, n] of Object.entries(result.stillBad)) rows.push(['still bad', n, reason]);
      printLine(rows.length > 0 ? table(rows) : 'there are no dead letters of that kind');
    } finally {
      await log.close();
    }
  });

export const deadLettersCommand = new Command('dead-letters')
  .description('records that were refused: none is dropped silently')
  .addCommand(listCommand)
  .addCommand(replayCommand);

const text = (value: Uint8Array, bytes: number): string =>
  Buffer.from(value.subarray(0, bytes)).toString('utf8');

const plain = ({ value, appendedMs, headers: _, ...letter }: DeadLetter) => ({
  ...letter,
  at: new Date(appendedMs).toISOString(),
  bytes: value.length,
  value: text(value, 4_096),
});

function print(
  total: number,
  byCode: Readonly<Record<string, number>>,
  letters: readonly DeadLetter[],
): void {
  if (total === 0) {
    printLine('there are no dead letters of that kind');
    return;
  }
  printLine(table(Object.entries(byCode).map(([code, n]) => [code, n])));
  if (letters.length === 0) return;
  printLine(
    letters.length < total ? `\nthe newest ${letters.length} of ${plural(total, 'dead letter')}:` : '',
  );
  for (const { appendedMs, source, offset, code, path, found, value } of letters) {
    const at = new Date(appendedMs).toISOString().slice(0, 19);
    printLine(`${at}Z  ${source} ${offset}  ${code}: ${[path, found].filter(Boolean).join(': ')}`);
    // One line, whatever the bytes are.
    const shown = text(value, shownBytes).replace(/\p{Cc}/gu, '·');
    printLine(`    ${shown}${value.length > shownBytes ? '…' : ''}`);
  }
}
