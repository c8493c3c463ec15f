import { SourceClock } from '@seamwatch/core/journeys/source-clock.ts';
import type { LogRecord, Source } from '@seamwatch/core/ports/event-log.ts';
import { expect } from 'vitest';
import { HeldBack } from '../held-back.ts';
import { SourceWatch } from '../source-watch.ts';

export const interactions: Source = { topic: 'interactions', partition: 0 };
export const surveys: Source = { topic: 'surveys', partition: 0 };

/** Two sources of a unit as they are watched, their clocks, and the clock on the wall. */
export function watchedSources(idleAfterMs: number) {
  const wall = { ms: 0 };
  const clocks = new Map(
    ['interactions-0', 'surveys-0'].map((name) => [
      name,
      new SourceClock({ outOfOrder: 0, allowedLateness: 0 }),
    ]),
  );
  return { wall, clocks, watch: new SourceWatch(clocks, idleAfterMs, () => wall.ms) };
}

/** The same, with what is held back of them. `eventMs` tells the event time of a record; undefined where it is no event. */
export function heldSources(idleAfterMs: number, eventMs: (record: LogRecord) => number | undefined) {
  const sources = watchedSources(idleAfterMs);
  const held = new HeldBack(sources.watch);
  const ends = new Map([interactions, surveys].map(({ topic }) => [topic, 0]));
  /** Hands over the next records of a source, behind which there may be `more`; gives those that are taken for it. */
  const take = ({ topic, partition }: Source, news: readonly Omit<LogRecord, 'offset'>[], more = false) => {
    const first = ends.get(topic)!;
    const records = news.map((record, i) => ({ ...record, offset: first + i }));
    const end = first + news.length;
    ends.set(topic, end);
    const taken: { topic: string; record: LogRecord }[] = [];
    const batch = { source: { topic, partition }, records, end: end + (more ? 1 : 0) };
    const n = held.take(batch, ({ topic }, records, at) => {
      const record = records[at]!;
      const clock = sources.clocks.get(`${topic}-0`)!;
      clock.position = record.offset + 1;
      const ms = eventMs(record);
      if (ms !== undefined) clock.observe(ms, Number.POSITIVE_INFINITY);
      taken.push({ topic, record });
    });
    expect(n).toBe(taken.length);
    return taken;
  };
  return { ...sources, held, take };
}
