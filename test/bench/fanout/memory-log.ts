import { Waker } from '@seamwatch/adapters/log/waker.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import type {
  Batch,
  EventLog,
  LogRecord,
  OutRecord,
  Reader,
  Source,
} from '@seamwatch/core/ports/event-log.ts';

const source: Source = { topic: 'rates', partition: 0 };

/** As much of a log as a gateway needs to be told of rates, in memory: what is measured is the gateway. */
export class MemoryLog implements EventLog {
  readonly #waker = new Waker();
  #waiting: LogRecord[] = [];
  #end = 0;

  async append(records: readonly OutRecord[]): Promise<void> {
    for (const { key, value } of records) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      this.#waiting.push({ offset: this.#end++, appendedMs: Date.now(), key, value: bytes, headers: {} });
    }
    this.#waker.wake();
  }

  async reader(): Promise<Reader> {
    return { batches: (options) => this.#batches(options), commit: async () => {}, close: async () => {} };
  }

  async *#batches({ idlePollMs, signal }: Parameters<Reader['batches']>[0]): AsyncGenerator<Batch> {
    while (!signal.aborted) {
      const records = this.#waiting;
      this.#waiting = [];
      if (records.length > 0) yield { source, records, end: this.#end };
      else await this.#waker.wait(idlePollMs, signal);
    }
  }

  async offsets(topic: Topic): Promise<ReadonlyMap<string, { first: number; end: number }>> {
    const end = topic === source.topic ? this.#end : 0;
    return new Map([[`${topic}-0`, { first: 0, end }]]);
  }

  async groupPositions(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async partitions(): Promise<number> {
    return 1;
  }

  async participate(): Promise<void> {
    throw new Error('a gateway takes part in no group');
  }

  async close(): Promise<void> {}
}
