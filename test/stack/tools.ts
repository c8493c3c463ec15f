import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cachePath, withLock } from './cache.ts';
import { runChild } from './child-process.ts';

const run = promisify(execFile);

/** Tells the person who waits what is being prepared. */
export type Say = (line: string) => void;

/** A program that a server needs, and how to get it. */
export interface Tool {
  name: string;
  /** Debian packages that bring it. */
  packages: string[];
  /** Arguments that make it print its version, and the oldest version that will do. */
  version?: { args: string[]; pattern: RegExp; atLeast: [major: number, minor: number] };
  /** What to do where it cannot be installed from here. */
  advice: string;
}

// Where installers put programs without adding them to the PATH of every shell.
const usualPlaces = ['/usr/local/go/bin', join(homedir(), '.cargo/bin'), '/usr/local/bin', '/usr/bin'];

/** The environment for running tools: this process's, with the usual places at the end of PATH. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(delimiter).concat(usualPlaces);
  return { ...process.env, PATH: [...new Set(path)].join(delimiter) };
}

/** The full path of a program, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const folder of (toolEnvironment().PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

/** Makes sure that all the tools are there in a version that will do, installing them where this may be done. */
export async function requireTools(tools: Tool[], say: Say): Promise<void> {
  const missing = await withProblems(tools);
  if (missing.length === 0) return;
  if (mayInstall()) {
    const packages = missing.flatMap(({ tool }) => tool.packages);
    await installPackages(packages, say).catch((error: Error) => say(error.message));
  }
  const [still] = await withProblems(missing.map(({ tool }) => tool));
  if (still !== undefined) throw new Error(`${still.problem}. ${still.tool.advice}`);
}

/** Whether packages may be installed without asking: as root on Debian or a relative. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs Debian packages; waits while another program is installing. */
export async function installPackages(packages: string[], say: Say): Promise<void> {
  const log = cachePath('apt-get.log');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await withLock(cachePath('apt-get.lock'), async () => {
    say(`installing ${packages.join(', ')} with apt-get, log in ${log}`);
    // "update" does not wait for the lock on the package lists, so it is tried again.
    for (let attempt = 1; ; attempt += 1) {
      const updated = await runChild('apt-get', ['update'], { log, env }).then(
        () => true,
        () => false,
      );
      if (updated || attempt === 5) break;
      await delay(3000);
    }
    const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600'];
    await runChild('apt-get', ['install', ...options, ...packages], { log, env });
  });
}

async function withProblems(tools: Tool[]): Promise<{ tool: Tool; problem: string }[]> {
  const found = await Promise.all(tools.map(async (tool) => ({ tool, problem: await problemOf(tool) })));
  return found.flatMap(({ tool, problem }) => (problem === undefined ? [] : [{ tool, problem }]));
}

async function problemOf(tool: Tool): Promise<string | undefined> {
  const program = await findProgram(tool.name);
  if (program === undefined) return `${tool.name} is not installed`;
  if (tool.version === undefined) return undefined;
  const { args, pattern, atLeast } = tool.version;
  const { stdout, stderr } = await run(program, args, { env: toolEnvironment() }).catch((error: Error) => ({
    stdout: '',
    stderr: error.message,
  }));
  const match = pattern.exec(stdout + stderr);
  const [major, minor] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (major > atLeast[0] || (major === atLeast[0] && minor >= atLeast[1])) return undefined;
  const found = match === null ? 'an unknown version' : `version ${major}.${minor}`;
  return `${tool.name} ${atLeast.join('.')} or newer is needed, found ${found}`;
}
