import type { Backoff } from '@seamwatch/adapters/influx/backoff.ts';
import { bucketsOf } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import type { InfluxAccess } from '@seamwatch/adapters/influx/influx-http.ts';
import { InfluxSink, type WriteOutcome } from '@seamwatch/adapters/influx/influx-sink.ts';
import { type Batch, type EventLog, sourceName } from '@seamwatch/core/ports/event-log.ts';
import { type Delivery, DeliveryReporter } from './delivery-reporter.ts';
import { learnSegments, Strangers } from './learn-segments.ts';
import type { Logger } from './logger.ts';
import { type Points, RecordsToPoints, recordedTopics } from './records-to-points.ts';

export interface InfluxSettings extends InfluxAccess {
  /** Rates go into this bucket, days and weeks into `<bucket>_daily`. */
  bucket: string;
}

export interface RecorderOptions {
  log: EventLog;
  influx: InfluxSettings;
  logger: Logger;
  signal: AbortSignal;
  backoff?: Backoff;
  /** How often a state that is not ok is repeated. */
  repeatMs?: number;
}

export interface Recorder {
  /** Resolves after `signal` has aborted; rejects where the log fails. InfluxDB's failures never end it. */
  done: Promise<void>;
  stats(): Readonly<Delivery>;
}

export const recorderGroup = 'recorder';

/** Points that are held at most before they are written. */
const mostPoints = 5_000;

/** Copies rates, days and alerts to InfluxDB, and remembers how far only what InfluxDB has acknowledged. */
export function startRecorder(options: RecorderOptions): Recorder {
  const { log, logger, signal } = options;
  const reporter = new DeliveryReporter(log, logger, options.repeatMs ?? 30_000);
  const done = record(options, reporter)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    })
    .finally(() => reporter.close());
  return { done, stats: () => ({ ...reporter.delivery }) };
}

/**
 * A loop and not a `pipe(…)`: the log is read only when the batch before is acknowledged, and RxJS would read on meanwhile,
 * into memory.
 */
async function record(options: RecorderOptions, reporter: DeliveryReporter): Promise<void> {
  const { log, influx, signal, backoff } = options;
  const buckets = bucketsOf(influx.bucket);
  const sink = new InfluxSink({
    access: influx,
    onTrouble: (trouble) => reporter.failed(trouble),
    ...(backoff && { backoff }),
  });
  const converter = new RecordsToPoints();
  await learnSegments(log, converter, signal);
  const strangers = new Strangers(log, converter);
  const reader = await log.reader({ topics: recordedTopics, group: recorderGroup, from: 'beginning' });
  try {
    for await (const batch of reader.batches({ idlePollMs: 1_000, signal })) {
      await strangers.meet(batch, signal);
      for (const { points, position } of inParts(batch, converter, reporter)) {
        const main = await sink.write(buckets.main, points.main, signal);
        const daily = await sink.write(buckets.daily, points.daily, signal);
        if (points.main.length + points.daily.length > 0) await reporter.succeeded(sum(main, daily));
        await reporter.reportRefusals();
        await reader.commit(new Map([[sourceName(batch.source), position]]));
      }
    }
  } finally {
    await reader.close();
  }
}

/** The points of a batch in parts of bounded size, each with the position behind its last record. */
function* inParts(
  { source, records }: Batch,
  converter: RecordsToPoints,
  reporter: DeliveryReporter,
): Generator<{ points: Points; position: number }> {
  let points: Points = { main: [], daily: [] };
  for (const [i, record] of records.entries()) {
    try {
      const { main, daily } = converter.convert(source.topic, record);
      points.main.push(...main);
      points.daily.push(...daily);
    } catch (error) {
      reporter.unreadable(`${sourceName(source)}, offset ${record.offset}`, String(error));
    }
    if (points.main.length + points.daily.length >= mostPoints || i === records.length - 1) {
      yield { points, position: record.offset + 1 };
      points = { main: [], daily: [] };
    }
  }
}

const sum = (a: WriteOutcome, b: WriteOutcome): WriteOutcome => ({
  written: a.written + b.written,
  refused: [...a.refused, ...b.refused],
});
