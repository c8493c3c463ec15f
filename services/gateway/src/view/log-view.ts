import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { type Batch, type EventLog, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { defer, from, map, type Observable, retry, tap, timer } from 'rxjs';
import type { Logger } from '../logger.ts';
import { asProblem, type Problem } from '../problem.ts';
import { decodeRecord, viewTopics } from './decode-record.ts';
import { type Change, View } from './view.ts';

const idlePollMs = 250;
const firstRetryMs = 250;
const longestRetryMs = 10_000;
/** A reader that has given nothing for this long is at the end: a log may hold offsets without records. */
const quietMs = 3_000;
/**
 * A broker that was frozen goes on for a moment as the leader that it is no more, and knows less of the log than was read. Only
 * when the log is said to end before that for so long, it does.
 */
const lostAfterMs = 30_000;

export interface LogViewOptions {
  log: EventLog;
  logger: Logger;
  now: () => number;
  signal: AbortSignal;
}

/** A view that follows the log. Reads on after every failure, with back-off, where it stopped. */
export class LogView {
  view = new View();
  /** Records that this version could not read, by topic. */
  readonly unreadable = new Map<Topic, number>();
  readonly #options: LogViewOptions;
  #positions = new Map<string, number>();
  /** Sources that have not been read up to where they ended when the reader was opened. */
  #behind = new Map<string, number>();
  #lastReadMs = 0;
  /** Since when the log is said to end before what was read of it. */
  #shorterSinceMs: number | undefined;
  #opened = false;
  #caughtUp = false;
  #failure: Problem | null = null;

  constructor(options: LogViewOptions) {
    this.#options = options;
  }

  /** Changes of each batch that changed something, as long as the signal is not aborted. Never fails. */
  changes(): Observable<Change[]> {
    return defer(() => from(this.#batches())).pipe(
      map((batch) => this.#apply(batch)),
      tap(() => this.#recovered()),
      retry({
        delay: (error, failures) => {
          this.#failed(error);
          return timer(Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs));
        },
        resetOnSuccess: true,
      }),
    );
  }

  /** True once the view shows what the log held when it was opened; stays true while the log is away later. */
  get caughtUp(): boolean {
    if (this.#caughtUp || !this.#opened) return this.#caughtUp;
    const quiet = this.#options.now() - this.#lastReadMs > quietMs;
    this.#caughtUp = this.#behind.size === 0 || quiet;
    if (this.#caughtUp) this.view.settle();
    return this.#caughtUp;
  }

  /** Why the log cannot be read now; null where it can. */
  get failure(): Problem | null {
    return this.#failure;
  }

  async *#batches(): AsyncGenerator<Batch> {
    const { log, signal } = this.#options;
    await this.#measure();
    const reader = await log.reader({ topics: viewTopics, from: 'beginning' });
    this.#opened = true;
    this.#lastReadMs = this.#options.now();
    this.#recovered();
    try {
      yield* reader.batches({ idlePollMs, signal });
    } finally {
      await reader.close().catch(() => {});
    }
    if (!signal.aborted) throw new SeamError('SEAM_NOT_READY', 'the log ended the reader');
  }

  /** Where the sources end now. A log that ends before what was read is another log: the view starts anew. */
  async #measure(): Promise<void> {
    const offsets = await Promise.all(viewTopics.map((topic) => this.#options.log.offsets(topic)));
    const sources = offsets.flatMap((perSource) => [...perSource]);
    const shorter = sources.find(([name, { end }]) => end < (this.#positions.get(name) ?? 0));
    if (shorter) this.#startAnew(...shorter);
    this.#shorterSinceMs = undefined;
    this.#behind = new Map(
      sources
        .filter(([name, { first, end }]) => end > Math.max(first, this.#positions.get(name) ?? 0))
        .map(([name, { end }]) => [name, end]),
    );
  }

  /** Throws `SEAM_NOT_READY` while it may still be a mistake. */
  #startAnew(source: string, { end }: { end: number }): void {
    const nowMs = this.#options.now();
    this.#shorterSinceMs ??= nowMs;
    if (nowMs - this.#shorterSinceMs < lostAfterMs) {
      const found = `${source} ends at offset ${end}, but was read up to ${this.#positions.get(source)} before`;
      throw new SeamError('SEAM_NOT_READY', `${found}: asking again`);
    }
    this.#options.logger.warn({ source, end }, 'the log was made anew: reading it from its beginning');
    this.view = new View();
    this.#positions = new Map();
    this.#caughtUp = false;
  }

  #apply({ source, records, end }: Batch): Change[] {
    const name = sourceName(source);
    const start = this.#positions.get(name) ?? 0;
    const changes: Change[] = [];
    for (const { offset, value } of records) {
      if (offset < start || value === null) continue;
      const record = decodeRecord(source.topic, value);
      const change = record && this.view.apply(record);
      if (change) changes.push(change);
      if (!record) this.#skip(source.topic, offset);
    }
    const position = Math.max(start, (records.at(-1)?.offset ?? -1) + 1);
    this.#positions.set(name, position);
    this.#lastReadMs = this.#options.now();
    if (position >= Math.min(this.#behind.get(name) ?? 0, end)) this.#behind.delete(name);
    return changes;
  }

  #skip(topic: Topic, offset: number): void {
    const count = (this.unreadable.get(topic) ?? 0) + 1;
    this.unreadable.set(topic, count);
    if (count === 1) {
      this.#options.logger.warn({ topic, offset }, 'skipping records that this version cannot read');
    }
  }

  #recovered(): void {
    if (this.#failure) this.#options.logger.info({}, 'the log can be read again');
    this.#failure = null;
  }

  #failed(error: unknown): void {
    if (this.#options.signal.aborted) return;
    const problem = asProblem(error);
    if (!this.#failure) this.#options.logger.error(problem, 'the log cannot be read; trying again');
    this.#failure = problem;
  }
}
