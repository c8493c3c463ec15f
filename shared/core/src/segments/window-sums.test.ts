import { windowMinutes, windows } from '@seamwatch/contracts/measures.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { WindowSums } from './window-sums.ts';

const segmentsOf = (cell: number) => (cell === 0 ? [0, 1] : [0]);
const start = 28_000_000;

/** What each window holds by its definition. */
function inWindow(window: (typeof windows)[number], minute: number, now: number): boolean {
  if (window === '1h' || window === '24h') return minute > now - windowMinutes[window] && minute <= now;
  const hours = windowMinutes[window] / 60;
  return Math.floor(minute / 60) >= Math.floor(now / 60) - hours && minute <= now;
}

const steps = fc.array(
  fc.record({
    advance: fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 30_000 })),
    cell: fc.integer({ min: 0, max: 1 }),
    late: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 12_000 })),
    delta: fc.constantFrom(1, 1, 1, -1),
  }),
  { maxLength: 25 },
);

test('windows equal a count from scratch, with late corrections, gaps, and a restart', () => {
  fc.assert(
    fc.property(steps, fc.nat(24), (history, restartAt) => {
      let sums = new WindowSums(2, segmentsOf);
      const added: { cell: number; minute: number; delta: number }[] = [];
      const stored = new Map<string, Uint8Array>();
      let now = start;
      for (const [i, { advance, cell, late, delta }] of history.entries()) {
        now += advance;
        sums.advance(now);
        const minute = Math.max(start, now - late);
        sums.add(cell, minute, [1, delta]);
        added.push({ cell, minute, delta });
        if (i !== restartAt) continue;
        sums.settle();
        const writer = new ByteWriter();
        for (const m of sums.dirtyMinutes)
          if (sums.encodeMinute(m, writer)) stored.set(`m${m}`, writer.take());
        for (const h of sums.dirtyHours) if (sums.encodeHour(h, writer)) stored.set(`h${h}`, writer.take());
        sums = new WindowSums(2, segmentsOf);
        sums.now = now;
        for (const [key, value] of stored) {
          if (key[0] === 'm') sums.restoreMinute(Number(key.slice(1)), new ByteReader(value));
          else sums.restoreHour(Number(key.slice(1)), new ByteReader(value));
        }
      }
      for (const window of windows) {
        for (const segment of [0, 1]) {
          const expected = added
            .filter((a) => segmentsOf(a.cell).includes(segment) && inWindow(window, a.minute, now))
            .reduce((sum, a) => sum + a.delta, 0);
          expect([window, segment, sums.sums(window, segment)[1]]).toEqual([window, segment, expected]);
        }
      }
    }),
    { numRuns: 300 },
  );
});
