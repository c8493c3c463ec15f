import { setTimeout as sleep } from 'node:timers/promises';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { EventLog, OutRecord, Reader, Unit, UnitSpec } from '@seamwatch/core/ports/event-log.ts';
import type { Logger } from '../terminal/logger.ts';
import { backoffMs } from './backoff.ts';

/**
 * A log that may not be there yet: until it can be opened, everything that is asked of it is rejected with the reason,
 * while it is tried again for ever. For what has to serve from the beginning, as a gateway.
 */
export class EventualLog implements EventLog {
  #log: EventLog | undefined;
  #failure: unknown;
  /** Settled after the first attempt: until then callers wait. */
  readonly #tried = Promise.withResolvers<void>();
  readonly #closed = new AbortController();

  constructor(open: () => Promise<EventLog>, logger: Logger) {
    void this.#open(open, logger);
  }

  async partitions(topic: Topic): Promise<number> {
    return (await this.#opened()).partitions(topic);
  }

  async append(records: readonly OutRecord[]): Promise<void> {
    return (await this.#opened()).append(records);
  }

  async participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void> {
    return (await this.#opened()).participate(spec, run, signal);
  }

  async reader(options: Parameters<EventLog['reader']>[0]): Promise<Reader> {
    return (await this.#opened()).reader(options);
  }

  async groupPositions(group: string, topics: readonly Topic[]): Promise<ReadonlyMap<string, number>> {
    return (await this.#opened()).groupPositions(group, topics);
  }

  async offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>> {
    return (await this.#opened()).offsets(topic);
  }

  /** Does not wait for an attempt that is under way: a log that it still opens is closed at once. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#failure ??= new SeamError('SEAM_NOT_READY', 'the log was closed before it could be opened');
    this.#tried.resolve();
    await this.#log?.close();
  }

  async #opened(): Promise<EventLog> {
    await this.#tried.promise;
    if (this.#log) return this.#log;
    throw this.#failure;
  }

  async #open(open: () => Promise<EventLog>, logger: Logger): Promise<void> {
    const { signal } = this.#closed;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const log = await open();
        if (signal.aborted) return await log.close();
        this.#log = log;
        this.#tried.resolve();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#failure = error;
        this.#tried.resolve();
        const waitMs = backoffMs(attempt);
        const text = error instanceof Error ? error.message : String(error);
        logger.warn(
          { ...(error instanceof SeamError && { code: error.code }), attempt, waitMs: Math.round(waitMs) },
          `${text}. Trying again in ${(waitMs / 1_000).toFixed(1)} s`,
        );
        await sleep(waitMs, undefined, { signal }).catch(() => {});
      }
    }
  }
}
