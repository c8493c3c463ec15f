/** When to commit: at the end of the log at once, in a backlog by amount or time. */
export interface CommitPace {
  /** Records. */
  records: number;
  everyMs: number;
}

export const defaultPace: CommitPace = { records: 5_000, everyMs: 500 };

/**
 * For history that goes into an empty store as a whole: interactions that come and are forgotten between two commits are never
 * written. What waits for a commit is bounded by the state and some 25 bytes an event.
 */
export const historyPace: CommitPace = { records: 1_000_000, everyMs: 60_000 };

/** Decides after each batch whether to commit now. `now` is the clock. */
export class CommitTimer {
  readonly #pace: CommitPace;
  readonly #now: () => number;
  #records = 0;
  #since: number | undefined;

  constructor(pace: CommitPace, now: () => number) {
    this.#pace = pace;
    this.#now = now;
  }

  /** `changed`: something besides records wants a commit, such as a source that fell idle. */
  due(records: number, atEnd: boolean, changed = false): boolean {
    this.#records += records;
    if (this.#records === 0 && !changed) return false;
    this.#since ??= this.#now();
    const due =
      atEnd ||
      changed ||
      this.#records >= this.#pace.records ||
      this.#now() - this.#since >= this.#pace.everyMs;
    if (!due) return false;
    this.#records = 0;
    this.#since = undefined;
    return true;
  }
}
