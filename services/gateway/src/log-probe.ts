import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { asProblem, type Problem } from './problem.ts';
import { withTimeout } from './with-timeout.ts';

const everyMs = 5_000;
const everyMsWhileAway = 500;
const patienceMs = 2_000;
const inputTopics = ['interactions', 'surveys'] as const;

/** Asks the log from time to time whether it is there: a reader that waits does not say so. */
export class LogProbe {
  readonly #log: EventLog;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #failure: Problem | null = { code: 'SEAM_NOT_READY', text: 'the log has not answered yet' };
  #hasInput = false;

  constructor(log: EventLog) {
    this.#log = log;
    void this.#ask();
  }

  get failure(): Problem | null {
    return this.#failure;
  }

  /** True where an input topic holds events. */
  get hasInput(): boolean {
    return this.#hasInput;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    try {
      const offsets = await withTimeout(
        Promise.all(inputTopics.map((topic) => this.#log.offsets(topic))),
        patienceMs,
        'the log does not answer',
      );
      this.#hasInput = offsets.some((sources) => [...sources.values()].some(({ end }) => end > 0));
      this.#failure = null;
    } catch (error) {
      this.#failure = asProblem(error);
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#ask(), this.#failure ? everyMsWhileAway : everyMs);
  }
}
