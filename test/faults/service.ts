import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, lastLines, startChild } from '../stack/child-process.ts';

const restartMs = 1_000;
const stopMs = 30_000;

export interface ServiceOptions {
  name: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Where its log goes. */
  folder: string;
}

/** A process of the product under an orchestrator that starts it again when it ends by itself. One fault at a time. */
export class Service {
  readonly name: string;
  /** The last lines of each time that it ended without being asked to. */
  readonly deaths: string[] = [];
  readonly #options: ServiceOptions;
  #child: Child | undefined;
  #wanted = false;
  #faults: Promise<unknown> = Promise.resolve();

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async start(): Promise<void> {
    const { name, args, env, folder } = this.#options;
    this.#wanted = true;
    const log = join(folder, `${name}.log`);
    const child = await startChild(process.execPath, [...args], { log, env: { ...process.env, ...env } });
    this.#child = child;
    void child.ended.then(async (code) => {
      if (!this.#wanted || this.#child !== child) return;
      this.deaths.push(`${name} ended by itself (${code ?? 'by a signal'}):\n${await lastLines(log, 12)}`);
      await sleep(restartMs);
      if (this.#wanted && this.#child === child) await this.start();
    });
  }

  async kill(): Promise<void> {
    this.#wanted = false;
    this.#child?.signal('SIGKILL');
    await this.#child?.ended;
  }

  /** Ends it in good order. Throws where it has to be killed in the end. */
  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (!child?.running) return;
    child.signal('SIGTERM');
    const ended = await Promise.race([child.ended.then(() => true), sleep(stopMs, false, { ref: false })]);
    if (ended) return;
    await this.kill();
    throw new Error(`${this.name} did not end within ${stopMs / 1_000} s of SIGTERM`);
  }

  pause(): void {
    this.#child?.signal('SIGSTOP');
  }

  resume(): void {
    this.#child?.signal('SIGCONT');
  }

  /** Runs faults one after the other. */
  exclusively<T>(fault: () => Promise<T>): Promise<T> {
    const next = this.#faults.then(fault);
    this.#faults = next.catch(() => {});
    return next;
  }
}
