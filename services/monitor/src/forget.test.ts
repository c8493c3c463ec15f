import { encodeForgotten } from '@seamwatch/contracts/forgetting.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { RollupSums } from '@seamwatch/core/journeys/rollup-sums.fixture.ts';
import { rowKey } from '@seamwatch/core/journeys/row-key.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { eventsOf } from '@seamwatch/core/segments/events.fixture.ts';
import { expect, onTestFinished, test } from 'vitest';
import { runJourneys } from './monitor.ts';
import { allTaken, Death, mortal, openLog, produced, readAll } from './testing/log.ts';

const policy = policySchema.parse({ version: 1 });
const hashKey = new Uint8Array(16).fill(7);
const fromMs = Date.parse('2026-03-01T00:00:00Z');
const events = eventsOf({ fromMs, days: 6, perDay: 120, seed: 5 }).map(produced);
const customers = [...new Set(events.flatMap(({ topic, key }) => (topic === 'surveys' ? [key!] : [])))].slice(
  0,
  8,
);

/** Both entries of a request, as the command writes them. */
function entries(customer: string, request: string): OutRecord[] {
  const { hi, lo } = new SipHash(hashKey).text(customer);
  const hash = rowKey('customer', hi, lo).slice(1);
  const entry = encodeForgotten({ request, customer: hash, requestedAt: new Date(fromMs).toISOString() });
  return (['surveys', 'interactions'] as const).map((topic) => ({
    topic,
    partition: 0,
    key: null,
    ...entry,
  }));
}

/** Customers are forgotten all along, some while their surveys are still to come. */
const told = events.flatMap((event, i) => {
  const n = Math.floor(i / 100);
  return i % 100 === 50 && customers[n] !== undefined ? [event, ...entries(customers[n], `r${n}`)] : [event];
});

/** What stage A makes of it, told `slice` records at a time, whatever its owners die of meanwhile. */
async function outcome(dies: () => 'before' | 'after' | undefined, slice: number) {
  const log = openLog(1);
  const stop = new AbortController();
  let deaths = 0;
  const living = (async () => {
    while (!stop.signal.aborted) {
      await runJourneys({ log: mortal(log, dies), policy, hashKey, signal: stop.signal }).catch((error) => {
        if (!(error instanceof Death)) throw error;
        deaths++;
      });
    }
  })();
  onTestFinished(async () => {
    stop.abort();
    await living;
  });
  for (let i = 0; i < told.length; i += slice) {
    await log.append(told.slice(i, i + slice));
    await allTaken(log, 5);
  }
  const counted = new RollupSums();
  for (const { value } of await readAll(log, 'rollups')) counted.add(value!);
  const rows = [...(await readAll(log, 'journeys')), ...(await readAll(log, 'outcomes'))]
    .flatMap(({ key, value }) => (value === null || !/^[cis]/.test(key!) ? [] : [key!]))
    .sort();
  return { counts: counted.sums, rows, deaths };
}

test('customers are forgotten the same by processes that die at commits as by one that lives', {
  timeout: 120_000,
}, async () => {
  const right = await outcome(() => undefined, told.length);
  expect(right.rows.length).toBeGreaterThan(100);
  let commits = 0;
  const dies = () => (++commits % 3 === 0 ? (commits % 2 === 0 ? 'before' : 'after') : undefined);
  const killed = await outcome(dies, 17);
  expect(killed.deaths).toBeGreaterThan(5);
  expect(killed.counts).toEqual(right.counts);
  expect(killed.rows).toEqual(right.rows);
});
