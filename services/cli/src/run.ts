import { type Command, CommanderError } from 'commander';
import { Interrupted } from './roles/interruption.ts';
import { explain, UsageError } from './terminal/failure.ts';

/** Runs the program and resolves to its exit code: 0 ok, 1 failed, 2 usage; 128 + n where signal n ended the work. */
export async function run(program: Command, args: readonly string[]): Promise<number> {
  everyCommand(program, (command) => {
    command.exitOverride().showHelpAfterError('(--help shows what is possible)');
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has printed its complaint, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${explain(error, program.opts().verbose === true)}\n`);
    if (error instanceof Interrupted) return error.exitCode;
    return error instanceof UsageError ? 2 : 1;
  }
}

function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command);
  for (const child of command.commands) everyCommand(child, visit);
}
