import { type ProgressRecord, ratesTopicRecordSchema } from '@seamwatch/contracts/records.ts';
import type { EventLog, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { readToEnd } from './read-to-end.ts';
import { noRefusals, type Refusals, type Standing, type Target } from './target.ts';

/** Sends to an event log: Kafka or the embedded store. */
export class LogTarget implements Target {
  readonly name: string;
  readonly #log: EventLog;

  constructor(log: EventLog, name: string) {
    this.#log = log;
    this.name = name;
  }

  async send(records: readonly OutRecord[]): Promise<Refusals> {
    await this.#log.append(records);
    return noRefusals;
  }

  async standing(): Promise<Standing> {
    let newest: ProgressRecord | undefined;
    await readToEnd(this.#log, ['rates'], ({ key, value }) => {
      if (key !== '~progress' || value === null) return;
      const parsed = ratesTopicRecordSchema.safeParse(JSON.parse(Buffer.from(value).toString()));
      if (parsed.success && parsed.data.kind === 'progress') newest = parsed.data;
    });
    return { watermarkMs: newest ? largestWatermark(newest.sources) : null };
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

export function largestWatermark(sources: ProgressRecord['sources']): number | null {
  const known = sources.flatMap(({ watermark }) => (watermark === null ? [] : [Date.parse(watermark)]));
  return known.length > 0 ? Math.max(...known) : null;
}
