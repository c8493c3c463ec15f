import type { Topic } from '@seamwatch/contracts/topics.ts';
import { type EventLog, type LogRecord, sourceName } from '@seamwatch/core/ports/event-log.ts';

/** What is left may be marks of transactions and what they have taken back. Too little would show as a difference. */
const silenceMs = 15_000;

/** Everything that a topic holds, by source. */
export async function readTopic(log: EventLog, topic: Topic): Promise<Map<string, LogRecord[]>> {
  const offsets = [...(await log.offsets(topic))];
  const found = new Map(offsets.map(([name]) => [name, [] as LogRecord[]]));
  const left = new Map(offsets.flatMap(([name, { first, end }]) => (end > first ? [[name, end]] : [])));
  if (left.size === 0) return found;
  const stop = new AbortController();
  const silence = setTimeout(() => stop.abort(), silenceMs);
  const reader = await log.reader({ topics: [topic], from: 'beginning' });
  try {
    for await (const { source, records, end } of reader.batches({ idlePollMs: 50, signal: stop.signal })) {
      silence.refresh();
      const name = sourceName(source);
      const all = found.get(name)!;
      for (const record of records) all.push(record);
      if (records.at(-1)!.offset + 1 >= Math.min(end, left.get(name) ?? 0)) left.delete(name);
      if (left.size === 0) break;
    }
  } finally {
    clearTimeout(silence);
    await reader.close();
  }
  return found;
}

/** The same of a topic with one partition. */
export async function readOne(log: EventLog, topic: Topic): Promise<LogRecord[]> {
  return (await readTopic(log, topic)).get(`${topic}-0`) ?? [];
}
