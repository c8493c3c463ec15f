import { setImmediate as breathe } from 'node:timers/promises';
import type { Batch, Source } from '@seamwatch/core/ports/event-log.ts';
import type { Waker } from '../log/waker.ts';
import type { FetchStream } from './fetch-stream.ts';

/**
 * Batches of the streams in turn, as they are asked for. With `empties`, also an empty batch per stream at least every
 * `idlePollMs`, but only after the broker has been asked again: with the broker away nobody is at the end.
 */
export async function* tail(options: {
  streams: readonly FetchStream[];
  waker: Waker;
  idlePollMs: number;
  empties: boolean;
  signal: AbortSignal;
  wanted?: ((source: Source) => boolean) | undefined;
}): AsyncGenerator<Batch, void, undefined> {
  const { streams, waker, idlePollMs, empties, signal, wanted } = options;
  const told = new Map(streams.map((s) => [s, { atMs: Number.NEGATIVE_INFINITY, answers: 0, atEnd: false }]));
  while (!signal.aborted) {
    let idle = true;
    for (const stream of streams) {
      if (signal.aborted) return;
      stream.wanted = wanted === undefined || wanted(stream.source);
      if (!stream.wanted) continue;
      const last = told.get(stream)!;
      const records = stream.take();
      const due = performance.now() - last.atMs >= idlePollMs || stream.atEnd !== last.atEnd;
      if (!records && !(empties && due && stream.answers > last.answers)) continue;
      if (records) idle = false;
      told.set(stream, { atMs: performance.now(), answers: stream.answers, atEnd: stream.atEnd });
      yield { source: stream.source, records: records ?? [], end: stream.end };
      await breathe();
    }
    if (idle) await waker.wait(idlePollMs, signal);
  }
}
