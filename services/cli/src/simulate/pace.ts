import { setTimeout as sleep } from 'node:timers/promises';

export interface PaceOptions {
  /** Simulated time at the start, in ms. */
  fromMs: number;
  /** Simulated seconds per second; Infinity: no waiting until the clock is reached. */
  speed: number;
  now?: () => number;
}

/** Simulated time: runs from a start at a speed until it reaches the clock, and with the clock from then on. */
export class Pace {
  readonly #startedMs: number;
  readonly #fromMs: number;
  readonly #speed: number;
  readonly #now: () => number;

  constructor({ fromMs, speed, now = Date.now }: PaceOptions) {
    this.#now = now;
    this.#startedMs = now();
    this.#fromMs = fromMs;
    this.#speed = speed;
  }

  get nowMs(): number {
    const clock = this.#now();
    if (this.#speed === Number.POSITIVE_INFINITY) return clock;
    return Math.min(clock, this.#fromMs + (clock - this.#startedMs) * this.#speed);
  }

  /** Resolves when simulated time may have reached `untilMs`, or after a second; rejects on abort. */
  async wait(untilMs: number, signal: AbortSignal | undefined): Promise<void> {
    const ahead = (untilMs - this.nowMs) / (this.#speed === Number.POSITIVE_INFINITY ? 1 : this.#speed);
    await sleep(Math.min(1_000, Math.max(1, ahead)), undefined, { signal });
  }
}
