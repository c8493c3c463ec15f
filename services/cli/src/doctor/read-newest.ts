import type { Topic } from '@seamwatch/contracts/topics.ts';
import { type EventLog, type LogRecord, type Source, sourceName } from '@seamwatch/core/ports/event-log.ts';

const group = 'doctor';
const patienceMs = 5_000;

/** The newest records of each partition, at most `perPartition`, by means of positions stored under a group of its own. */
export async function readNewest(
  log: EventLog,
  topics: readonly Topic[],
  perPartition: number,
): Promise<{ source: Source; record: LogRecord }[]> {
  const starts = new Map<string, number>();
  const open = new Map<string, number>();
  for (const topic of topics) {
    for (const [name, { first, end }] of await log.offsets(topic)) {
      starts.set(name, Math.max(first, end - perPartition));
      if (end > first) open.set(name, end);
    }
  }
  if (open.size === 0) return [];
  const placing = await log.reader({ topics, group, from: 'end' });
  await placing.commit(starts);
  await placing.close();
  const reader = await log.reader({ topics, group, from: 'end' });
  const found: { source: Source; record: LogRecord }[] = [];
  try {
    for await (const { source, records, end } of reader.batches({
      idlePollMs: 200,
      signal: AbortSignal.timeout(patienceMs),
    })) {
      for (const record of records) found.push({ source, record });
      const position = (records.at(-1)?.offset ?? -1) + 1;
      if (position >= Math.min(open.get(sourceName(source)) ?? 0, end)) open.delete(sourceName(source));
      if (open.size === 0) break;
    }
  } finally {
    await reader.close();
  }
  return found;
}
