import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface ChildOptions {
  /** Its standard output and error are appended to this file. */
  log: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** A directory to delete if this process dies without having ended the child. */
  scratch?: string;
}

/** A running program that never outlives this process. */
export interface Child {
  readonly pid: number;
  readonly log: string;
  /** False once it has ended. */
  readonly running: boolean;
  /** The exit code, or null if a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Sends a signal to the program and everything it has started. */
  signal(name: NodeJS.Signals): void;
}

// Outlives this process: its standard input closes when this process ends, even by SIGKILL.
const keeperScript =
  'trap "" INT TERM HUP; read -r _; kill -s KILL -- "-$1"; [ -z "$2" ] || { sleep 1; rm -rf -- "$2"; }';

/** Starts a program in a process group of its own. Throws if the program cannot be started. */
export async function startChild(command: string, args: string[], options: ChildOptions): Promise<Child> {
  mkdirSync(dirname(options.log), { recursive: true });
  const output = openSync(options.log, 'a');
  const child = spawn(command, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: options.env ?? process.env,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(output);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await once(child, 'spawn');
  const pid = child.pid as number;
  const keeper = startKeeper(pid, options.scratch ?? '');
  child.once('exit', () => keeper.kill('SIGKILL'));
  return {
    pid,
    log: options.log,
    ended,
    get running() {
      return isRunning(child);
    },
    signal(name) {
      if (isRunning(child)) process.kill(-pid, name);
    },
  };
}

/** Runs a program to its end. Throws with the last lines of its log if it fails. */
export async function runChild(command: string, args: string[], options: ChildOptions): Promise<void> {
  const child = await startChild(command, args, options);
  const code = await child.ended;
  if (code === 0) return;
  throw new Error(
    `${command} ${args[0] ?? ''} failed (${code === null ? 'killed' : `exit code ${code}`}), log in ${options.log}:\n${await lastLines(options.log)}`,
  );
}

/** The end of a log, for an error message. */
export async function lastLines(file: string, count = 15): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function startKeeper(group: number, scratch: string): ChildProcess {
  const keeper = spawn('/bin/sh', ['-c', keeperScript, 'keeper', String(group), scratch], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keeper.stdin?.on('error', () => {});
  keeper.unref();
  return keeper;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
