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
  #failure: unknown = new SeamError('SEAM_NOT_READY', 'the log is being opened');
  readonly #closed = new AbortController();
  readonly #opening: Promise<void>;

  constructor(open: () => Promise<EventLog>, logger: Logger) {
    this.#opening = this.#open(open, logger);
  }

  async partitions(topic: Topic): Promise<number> {
    return this.#opened.partitions(topic);
  }

  async append(records: readonly OutRecord[]): Promise<void> {
    return this.#opened.append(records);
  }

  async participate(spec: UnitSpec, run: (unit: Unit) => Promise<void>, signal: AbortSignal): Promise<void> {
    return this.#opened.participate(spec, run, signal);
  }

  async reader(options: Parameters<EventLog['reader']>[0]): Promise<Reader> {
    return this.#opened.reader(options);
  }

  async groupPositions(group: string, topics: readonly Topic[]): Promise<ReadonlyMap<string, number>> {
    return this.#opened.groupPositions(group, topics);
  }

  async offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>> {
    return this.#opened.offsets(topic);
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#opening;
    await this.#log?.close();
  }

  get #opened(): EventLog {
    if (this.#log) return this.#log;
    throw this.#failure;
  }

  async #open(open: () => Promise<EventLog>, logger: Logger): Promise<void> {
    const { signal } = this.#closed;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        this.#log = await open();
        return;
      } catch (error) {
        this.#failure = error;
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
