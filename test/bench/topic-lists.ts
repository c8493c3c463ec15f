import type { Journeys } from '@seamwatch/core/journeys/journeys.ts';
import type { LogRecord } from '@seamwatch/core/ports/event-log.ts';

type Topic = 'interactions' | 'surveys';

/** Records as stage A has them in the monitor, a list for each topic, and in which order they arrived. */
export class TopicLists {
  readonly #records: Record<Topic, LogRecord[]> = { interactions: [], surveys: [] };
  readonly #order: Topic[] = [];

  get size(): number {
    return this.#order.length;
  }

  add(topic: Topic, record: LogRecord): void {
    this.#records[topic].push(record);
    this.#order.push(topic);
  }

  /** Gives them to stage A, in the order of arrival. */
  applyTo(journeys: Journeys): void {
    const next = { interactions: 0, surveys: 0 };
    for (const topic of this.#order) journeys.applyNext(topic, this.#records[topic], next[topic]++);
  }
}
