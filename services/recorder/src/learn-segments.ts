import { segmentsRecordSchema } from '@seamwatch/contracts/records.ts';
import { type EventLog, sourceName } from '@seamwatch/core/ports/event-log.ts';
import type { RecordsToPoints } from './records-to-points.ts';

/** A log that holds records but gives none for so long has nothing to give (only marks of transactions are left). */
const silenceMs = 30_000;

/**
 * Reads what `rates` holds of segment descriptions, up to its present end: a recorder that goes on behind them would
 * write points without the segments' attributes, which to InfluxDB are other series.
 */
export async function learnSegments(
  log: EventLog,
  into: RecordsToPoints,
  signal: AbortSignal,
): Promise<void> {
  const offsets = await log.offsets('rates');
  const open = new Set([...offsets].filter(([, { first, end }]) => first < end).map(([source]) => source));
  if (open.size === 0) return;
  const stop = new AbortController();
  const silence = setTimeout(() => stop.abort(), silenceMs);
  const reader = await log.reader({ topics: ['rates'], from: 'beginning' });
  try {
    const batches = reader.batches({ idlePollMs: 200, signal: AbortSignal.any([signal, stop.signal]) });
    for await (const { source, records, end } of batches) {
      silence.refresh();
      for (const { key, value } of records) {
        if (key !== '~segments' || value === null) continue;
        const parsed = segmentsRecordSchema.safeParse(JSON.parse(Buffer.from(value).toString()));
        if (parsed.success) into.learn(parsed.data);
      }
      if ((records.at(-1)?.offset ?? 0) + 1 >= end) open.delete(sourceName(source));
      if (open.size === 0) return;
    }
  } finally {
    clearTimeout(silence);
    await reader.close();
  }
}
