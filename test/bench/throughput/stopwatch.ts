import type { Measured } from './child.ts';

/**
 * Time, and CPU time of all threads of this process, that `events` events take after the first `warmUp`: state has been
 * filled and code compiled by then, for the baseline as for the product.
 */
export class Stopwatch {
  readonly #warmUp: number;
  readonly #all: number;
  #seen = 0;
  #before: { seen: number; ms: number; cpu: NodeJS.CpuUsage } | undefined;

  constructor(side: { warmUp: number; events: number }) {
    this.#warmUp = side.warmUp;
    this.#all = side.warmUp + side.events;
    this.#start();
  }

  /** So many more events have been dealt with. */
  add(events: number): void {
    this.#seen += events;
    if (this.#before === undefined) this.#start();
  }

  get done(): boolean {
    return this.#seen >= this.#all;
  }

  measured(): Measured {
    const before = this.#before!;
    const { user, system } = process.cpuUsage(before.cpu);
    return {
      events: this.#seen - before.seen,
      cpuSeconds: (user + system) / 1e6,
      seconds: (performance.now() - before.ms) / 1e3,
    };
  }

  #start(): void {
    if (this.#seen < this.#warmUp) return;
    this.#before = { seen: this.#seen, ms: performance.now(), cpu: process.cpuUsage() };
  }
}
