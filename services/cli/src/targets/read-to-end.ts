import type { Topic } from '@seamwatch/contracts/topics.ts';
import { type EventLog, type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';

/** A partition may hold nothing that is committed, and then nothing comes. */
const silenceMs = 5_000;

/** Hands over every record that the topics hold now, in order per source. `visit` may return false to end early. */
export async function readToEnd(
  log: EventLog,
  topics: readonly Topic[],
  visit: (record: LogRecord, source: Source) => unknown,
): Promise<void> {
  const ends = new Map<string, number>();
  for (const topic of topics) {
    for (const [name, { first, end }] of await log.offsets(topic)) if (end > first) ends.set(name, end);
  }
  if (ends.size === 0) return;
  const reader = await log.reader({ topics, from: 'beginning' });
  const stop = new AbortController();
  const silence = setTimeout(() => stop.abort(), silenceMs);
  try {
    for await (const { source, records, end } of reader.batches({ idlePollMs: 200, signal: stop.signal })) {
      silence.refresh();
      const name = sourceName(source);
      for (const record of records) {
        if (record.offset < (ends.get(name) ?? 0) && visit(record, source) === false) return;
      }
      // Markers of transactions may hold the last offsets, which `end` leaves out.
      const position = (records.at(-1)?.offset ?? -1) + 1;
      if (position >= Math.min(ends.get(name) ?? 0, end)) ends.delete(name);
      if (ends.size === 0) return;
    }
  } finally {
    clearTimeout(silence);
    stop.abort();
    await reader.close();
  }
}
