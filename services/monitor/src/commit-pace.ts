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

/** In a backlog so much of the time goes into commits, at most, where one may wait for this long. */
const commitShare = 0.1;
const longestMs = 5_000;

/** Decides after each batch whether to commit now. `now` is the clock. */
export class CommitTimer {
  readonly #pace: CommitPace;
  readonly #now: () => number;
  #everyMs: number;
  #records = 0;
  #since: number | undefined;

  constructor(pace: CommitPace, now: () => number) {
    this.#pace = pace;
    this.#now = now;
    this.#everyMs = pace.everyMs;
  }

  /** A commit took so long. What is written again by each is written less often where that is dear. */
  took(ms: number): void {
    const pauseMs = Math.min(longestMs, ms / commitShare - ms);
    this.#everyMs = Math.max(this.#pace.everyMs, pauseMs);
  }

  /** `changed`: something besides records wants a commit, such as a source that fell idle. */
  due(records: number, atEnd: boolean, changed = false): boolean {
    this.#records += records;
    if (this.#records === 0 && !changed) return false;
    this.#since ??= this.#now();
    const due =
      atEnd || changed || this.#records >= this.#pace.records || this.#now() - this.#since >= this.#everyMs;
    if (!due) return false;
    this.#records = 0;
    this.#since = undefined;
    return true;
  }
}
