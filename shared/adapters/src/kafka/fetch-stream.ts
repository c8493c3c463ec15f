import type { LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';

/** An answer that has waited longer to be taken says nothing of the log's end: more may have come in the meantime. */
const freshMs = 3;
/**
 * A broker that was frozen goes on for a moment as the leader that it is no more, and knows less of the log than was read. Only
 * when answers say for so long that the log ends before the position, it does.
 */
const lostAfterMs = 30_000;
/** The broker is asked again for a stale stream's end, and should not hold that answer back. */
const staleWaitMs = 1;

/** One topic-partition that is being fetched. At most one answer's records wait here to be taken. */
export class FetchStream {
  readonly source: Source;
  /** Topic with its prefix. */
  readonly topic: string;
  readonly partition: number;
  /** Next offset to fetch: behind everything that was received, markers included. */
  position: number;
  /** Offset up to which the partition is stable, as of the last answer. */
  stable: number | undefined;
  /** Successful answers so far: a rising count shows that the broker was asked. */
  answers = 0;
  /** Offset after the last record that was taken. */
  taken: number;
  error: Error | undefined;
  notBeforeMs = 0;
  readonly #maxWaitMs: number;
  #waiting: LogRecord[] | undefined;
  #answeredMs = 0;
  /** Since when answers say that the log ends before the position. */
  #beyondSinceMs: number | undefined;
  /** Whether what was taken last had waited for too long. */
  #stale = false;
  #wanted = true;
  #closed = false;
  readonly #changed: () => void;
  readonly #arrived: () => void;

  /** `changed` tells the fetcher to look again; `arrived` tells the owner. */
  constructor(options: {
    source: Source;
    topic: string;
    offset: number;
    maxWaitMs: number;
    changed: () => void;
    arrived: () => void;
  }) {
    this.source = options.source;
    this.topic = options.topic;
    this.partition = options.source.partition;
    this.#maxWaitMs = options.maxWaitMs;
    this.position = options.offset;
    this.taken = options.offset;
    this.#changed = options.changed;
    this.#arrived = options.arrived;
  }

  /** Longest that the broker may hold an answer back for this stream, in ms. */
  get maxWaitMs(): number {
    return this.#stale ? staleWaitMs : this.#maxWaitMs;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  set wanted(wanted: boolean) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    if (wanted) this.#changed();
  }

  /** Whether records wait here to be taken. */
  get full(): boolean {
    return this.#waiting !== undefined;
  }

  /** Whether the next fetch should include it, `notBeforeMs` aside. */
  get hungry(): boolean {
    return !this.full && this.#wanted && !this.#closed && this.error === undefined;
  }

  /** Whether everything that is stable has been received and taken, as of the last answer. */
  get atEnd(): boolean {
    return !this.full && !this.#stale && this.stable !== undefined && this.position >= this.stable;
  }

  /** The `end` of a batch: at the end, what was taken, because markers leave offsets that no record has. */
  get end(): number {
    if (this.atEnd) return this.taken;
    return this.#stale ? Number.MAX_SAFE_INTEGER : (this.stable ?? Number.MAX_SAFE_INTEGER);
  }

  deliver(records: LogRecord[], next: number, stable: number): void {
    if (this.#closed) return;
    this.position = next;
    this.stable = stable;
    this.answers++;
    this.#beyondSinceMs = undefined;
    this.#answeredMs = performance.now();
    this.#stale = false;
    if (records.length > 0) this.#waiting = records;
    this.#arrived();
  }

  /** An answer says that the log ends before the position. True where it has been so for too long to be a mistake. */
  isBeyondEnd(nowMs: number): boolean {
    this.#beyondSinceMs ??= nowMs;
    return nowMs - this.#beyondSinceMs >= lostAfterMs;
  }

  fail(error: Error): void {
    this.error = error;
    this.#arrived();
  }

  /** The records that wait, or undefined. Taking them lets the fetcher ask for the next. */
  take(): LogRecord[] | undefined {
    if (this.error) throw this.error;
    const records = this.#waiting;
    if (!records) return undefined;
    this.#waiting = undefined;
    this.#stale = performance.now() - this.#answeredMs > freshMs;
    this.taken = records.at(-1)!.offset + 1;
    this.#changed();
    return records;
  }

  close(): void {
    this.#closed = true;
    this.#waiting = undefined;
  }
}
