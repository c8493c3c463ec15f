import { setTimeout as sleep } from 'node:timers/promises';
import { segmentsRecordSchema } from '@seamwatch/contracts/records.ts';
import { type Batch, type EventLog, sourceName } from '@seamwatch/core/ports/event-log.ts';
import type { RecordsToPoints } from './records-to-points.ts';

/** A log that holds records but gives none for so long has nothing to give (only marks of transactions are left). */
const silenceMs = 30_000;
/** What was committed together can be seen a moment later in one topic than in another. */
const patienceMs = 5_000;
const againMs = 250;

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

/**
 * Segments of `days`, which may be read before the descriptions that `rates` got in the same commit: each is looked for
 * when it is met first.
 */
export class Strangers {
  readonly #log: EventLog;
  readonly #into: RecordsToPoints;
  readonly #soughtInVain = new Set<string>();

  constructor(log: EventLog, into: RecordsToPoints) {
    this.#log = log;
    this.#into = into;
  }

  async meet({ source, records }: Batch, signal: AbortSignal): Promise<void> {
    if (source.topic !== 'days') return;
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const unknown = records
        .map(({ key }) => segmentOf(key))
        .filter((segment) => !this.#into.knows(segment) && !this.#soughtInVain.has(segment));
      if (unknown.length === 0) return;
      if (performance.now() > deadline) {
        for (const segment of unknown) this.#soughtInVain.add(segment);
        return;
      }
      await sleep(againMs, undefined, { signal });
      await learnSegments(this.#log, this.#into, signal);
    }
  }
}

/** Of a key as `path:ai|2026-03-01`. */
const segmentOf = (key: string | null): string => (key ?? '').split('|')[0]!;
