#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { checkCommand } from './commands/check.ts';
import { deadLettersCommand } from './commands/dead-letters.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { monitorCommand } from './commands/monitor.ts';
import { recorderCommand } from './commands/recorder.ts';
import { replayCommand } from './commands/replay.ts';
import { simulateCommand } from './commands/simulate.ts';
import { topicsCommand } from './commands/topics.ts';
import { run } from './run.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const help = `
Settings are environment variables, also in a file .env; a secret may stand in a file that NAME_FILE names.
Exit codes: 0 ok, 1 failed, 2 wrong usage.`;

const program = new Command('seamwatch')
  .description('Watches the seam between AI-handled and human-handled customer service.')
  .version(version)
  .option('--verbose', 'show the stack of errors')
  .addHelpText('after', help)
  .addCommand(monitorCommand)
  .addCommand(gatewayCommand)
  .addCommand(recorderCommand)
  .addCommand(replayCommand)
  .addCommand(simulateCommand)
  .addCommand(deadLettersCommand)
  .addCommand(checkCommand)
  .addCommand(topicsCommand);

// The reader of a pipe may end first, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});
const exitCode = await run(program, process.argv.slice(2));
process.stdout.write('', () => process.exit(exitCode));
