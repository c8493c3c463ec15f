/** When to commit: at the end of the log at once, in a backlog by amount or time. */
export interface CommitPace {
  /** Records. */
  records: number;
  everyMs: number;
}

export const defaultPace: CommitPace = { records: 5_000, everyMs: 500 };

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
