import { setTimeout as sleep } from 'node:timers/promises';
import type { Arrivals } from './arrivals.ts';
import type { Feed } from './feed.ts';

/** A way from where events are appended to where they are seen. */
export interface Path {
  feed: Feed;
  arrivals: Arrivals;
  close(): Promise<void>;
}

const patienceMs = 30_000;

/** Sends events at a steady pace and gives the latencies of all, ascending, in ms. Throws where one does not arrive. */
export async function latencies(path: Path, perSecond: number, seconds: number): Promise<number[]> {
  await path.feed.run(perSecond, seconds);
  const deadline = performance.now() + patienceMs;
  while (path.arrivals.missing > 0) {
    if (performance.now() > deadline)
      throw new Error(`${path.arrivals.missing} events have not arrived within 30 s`);
    await sleep(20);
  }
  return path.arrivals.take();
}
