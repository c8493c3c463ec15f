import { signals } from '@seamwatch/contracts/measures.ts';
import { Argument, Command } from 'commander';
import { openLog, readContext } from '../context.ts';
import { rebase } from '../rebase/rebase.ts';
import { machineUser } from '../terminal/machine-user.ts';
import { printJson, printLine } from '../terminal/print.ts';

const help = `
For a change that is known and stays: its alert ends, evidence starts from nothing, and days before the change are not learned
from any more. Until enough is known of the new level the measure is not judged there. Name the segment that the alert is about;
what the alert stands for elsewhere is re-based with it. "composite" is all measures of the segment. It cannot be undone.

  seamwatch rebase path:seam repeat_contact --by "Ada Lovelace" --reason "new return policy since 3 March"`;

interface Options {
  by?: string;
  reason: string;
  json?: true;
}

export const rebaseCommand = new Command('rebase')
  .description('take the present level of a measure as the new normal')
  .argument('<segment>', 'id of the segment, as in its alert')
  .addArgument(new Argument('<measure>', 'the measure of the alert').choices(signals))
  .requiredOption('--reason <text>', 'why, for the record')
  .option('--by <name>', 'who decides, for the record; absent: the user of this machine')
  .option('--json', 'print the result as JSON')
  .addHelpText('after', help)
  .action(async (segment: string, measure: (typeof signals)[number], options: Options) => {
    const { by = machineUser(), reason, json } = options;
    const log = await openLog(readContext('rebase'));
    try {
      const act = await rebase(log, { segment, measure, by, reason }, Date.now());
      if (json) printJson(act);
      else
        printLine(
          `${measure} of ${segment} is re-based by ${by}; the monitor takes it with its next commit.`,
        );
    } finally {
      await log.close();
    }
  });
