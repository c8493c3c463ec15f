import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { expect, onTestFinished, test } from 'vitest';
import { runMonitor } from './monitor.ts';
import { openLog, progressUntil, readAll, textOf } from './testing/log.ts';

const policy = policySchema.parse({ version: 1 });
const t0 = Date.now() - 3 * dayMs;

function interaction(interactionId: string, atMs: number): OutRecord {
  const data = {
    interactionId,
    customerId: null,
    startedAt: toRfc3339(atMs - minuteMs),
    closedAt: toRfc3339(atMs),
    startedWith: 'ai',
    handoffs: [],
    category: 'faq',
    channel: 'chat',
    claimedResolved: true,
    abandoned: false,
  };
  const event = {
    specversion: '1.0',
    id: interactionId,
    source: '/test',
    type: 'seam.interaction.closed.v1',
  };
  return { topic: 'interactions', key: interactionId, value: JSON.stringify({ ...event, data }) };
}

test('every event of the running minute is shown, the last one too, though none follows', async () => {
  const log = openLog(1);
  const clock = { ms: 0 };
  const stop = new AbortController();
  const running = runMonitor({
    log,
    policy,
    hashKey: new Uint8Array(16),
    signal: stop.signal,
    now: () => clock.ms,
  });
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  await log.append([interaction('first', t0)]);
  await progressUntil(log, ({ sources }) => sources.some((source) => source.events === 1));
  clock.ms += policy.time.idleAfter;
  await progressUntil(log, ({ asOf }) => asOf !== null);

  const shown = async () => {
    const records = (await readAll(log, 'rates')).filter(({ key }) => key === 'all').map(textOf);
    const provisional = records
      .map((text) => JSON.parse(text) as RatesRecord)
      .filter((rates) => rates.provisional);
    return provisional.flatMap(({ points }) => points).findLast(({ measure }) => measure === 'volume')?.n;
  };
  for (const volume of [1, 2, 3]) {
    await log.append([interaction(`running-${volume}`, t0 + 5 * hourMs)]);
    await expect.poll(shown, { timeout: 20_000 }).toBe(volume);
  }
});
