import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Child, lastLines, startChild } from './child-process.ts';

/** A server that a test can end and start again: same address, same data. */
export interface Server {
  /** Resolves when the server takes requests. */
  start(): Promise<void>;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Freezes it: connections stay open, and nothing is answered. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it and deletes what it has written. */
  remove(): Promise<void>;
}

export interface NativeServer {
  name: string;
  command: string;
  args: string[];
  log: string;
  /** Deleted by `remove`, or when this process dies. */
  scratch: string;
  /** Whether the server takes requests. */
  ready: () => Promise<boolean>;
}

const startTimeoutMs = 120_000;
const stopTimeoutMs = 15_000;

/** A server as a process of this machine. */
export function nativeServer(options: NativeServer): Server {
  let child: Child | undefined;

  const kill = async () => {
    child?.signal('SIGKILL');
    await child?.ended;
  };

  return {
    async start() {
      if (child?.running) return;
      const { command, args, log, scratch } = options;
      child = await startChild(command, args, { log, scratch });
      await awaitReady(options.name, options.ready, async () => {
        if (!child?.running) throw new Error(`${options.name} ended at its start:\n${await lastLines(log)}`);
      });
    },
    async stop() {
      child?.signal('SIGTERM');
      await Promise.race([child?.ended, delay(stopTimeoutMs, undefined, { ref: false })]);
      await kill();
    },
    kill,
    async pause() {
      child?.signal('SIGSTOP');
      // The signal is sent at once, but threads that run go on for some microseconds.
      while (child?.running && !(await isStopped(child.pid))) await delay(5);
    },
    async resume() {
      child?.signal('SIGCONT');
    },
    async remove() {
      await kill();
      await rm(options.scratch, { recursive: true, force: true });
    },
  };
}

/** Waits until a server takes requests; `check` may throw if it never will. */
export async function awaitReady(
  name: string,
  ready: () => Promise<boolean>,
  check: () => Promise<void> = async () => {},
): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (!(await ready())) {
    await check();
    if (Date.now() > deadline) throw new Error(`${name} was not ready after ${startTimeoutMs / 1000} s`);
    await delay(50);
  }
}

async function isStopped(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'state=', '-p', String(pid)]);
  return stdout.startsWith('T');
}
