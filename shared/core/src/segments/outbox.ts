import type { OutRecord } from '../ports/event-log.ts';

/** Records that are shown with the next commit, in order. */
export class Outbox {
  #records: OutRecord[] = [];
  #size = 0;

  /** Characters of their values. */
  get size(): number {
    return this.#size;
  }

  put(topic: 'rates' | 'days' | 'alerts', key: string, value: unknown): void {
    const text = JSON.stringify(value);
    this.#size += text.length;
    this.#records.push({ topic, key, value: text });
  }

  take(): OutRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#size = 0;
    return records;
  }
}
