import { closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, hourMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import { openLog, produced, progressUntil, readAll, textOf } from './testing/log.ts';
import { runOn } from './testing/run.ts';

const policy = policySchema.parse({ version: 1 });
const t0 = Date.now() - 3 * dayMs;
let events = 0;

const interaction = (interactionId: string, atMs: number) =>
  produced({ topic: 'interactions', data: closedInteraction(interactionId, toRfc3339(atMs)) }, ++events);

test('every event of the running minute is shown, the last one too, though none follows', async () => {
  const log = openLog(1);
  const clock = runOn(log, { policy });
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
