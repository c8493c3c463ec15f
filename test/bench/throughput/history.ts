import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Bench } from '../ratio.ts';
import { compareSpeed, measure } from './child.ts';
import { batches, simulatedEvents, yearOfOneTeam } from './inputs.ts';

/** History from a file into the embedded store, its input not copied, against the least that can be done with the file. */
export const historyBench: Bench = {
  id: 'history',
  async run({ quick, turns }) {
    const folder = await mkdtemp(join(tmpdir(), 'seamwatch-bench-'));
    try {
      const file = join(folder, 'events.ndjson');
      const warmUp = quick ? 50_000 : 200_000;
      const events = quick ? 100_000 : 800_000;
      await writeEvents(file, warmUp + events);
      const found = await compareSpeed(
        turns,
        'events',
        () => measure({ kind: 'read and parse', file, warmUp, events }),
        async () => {
          const store = join(folder, 'store');
          const measured = await measure({ kind: 'history', file, store, warmUp, events });
          await rm(store, { recursive: true });
          return measured;
        },
      );
      return [
        {
          id: 'history',
          figure: 'history into the embedded store, events/s ÷ reading and JSON.parse',
          measured: found.ratio,
          turns: found.ratios,
          bounds: { min: 0.35, aim: 0.45 },
          detail: found.detail,
        },
      ];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** NDJSON, one event a line. */
async function writeEvents(file: string, count: number): Promise<void> {
  const lines = function* () {
    for (const batch of batches(simulatedEvents(count, yearOfOneTeam)))
      yield batch.map(({ value }) => `${value}\n`).join('');
  };
  await pipeline(Readable.from(lines()), createWriteStream(file));
}
