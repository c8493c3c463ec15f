import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { checkCommand } from './commands/check.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { doctorCommand } from './commands/doctor.ts';
import { forgetCommand } from './commands/forget.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { monitorCommand } from './commands/monitor.ts';
import { rebaseCommand } from './commands/rebase.ts';
import { recorderCommand } from './commands/recorder.ts';
import { replayCommand } from './commands/replay.ts';
import { simulateCommand } from './commands/simulate.ts';
import { startCommand } from './commands/start.ts';
import { topicsCommand } from './commands/topics.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const help = `
Settings are environment variables, also in a file .env; a secret may stand in a file that NAME_FILE names.
Exit codes: 0 ok, 1 failed, 2 wrong usage.`;

/** The `seamwatch` command with all its subcommands. */
export const program = new Command('seamwatch')
  .description('Watches the seam between AI-handled and human-handled customer service.')
  .version(version)
  .option('--verbose', 'show the stack of errors')
  .addHelpText('after', help)
  .addCommand(startCommand)
  .addCommand(monitorCommand)
  .addCommand(gatewayCommand)
  .addCommand(recorderCommand)
  .addCommand(replayCommand)
  .addCommand(simulateCommand)
  .addCommand(deadLettersCommand)
  .addCommand(forgetCommand)
  .addCommand(rebaseCommand)
  .addCommand(checkCommand)
  .addCommand(topicsCommand)
  .addCommand(doctorCommand);
