import { answeredSurvey, closedInteraction, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import type { InteractionClosed, SurveyAnswered } from '@seamwatch/contracts/events.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { RatesRecord } from '@seamwatch/contracts/records.ts';
import { dayMs, hourMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import { openLog, progressUntil, readAll, textOf } from './testing/log.ts';
import { runOn } from './testing/run.ts';

const policy = policySchema.parse({ version: 1 });
const now = Date.now();
const t0 = now - 20 * dayMs;
let ids = 0;

const event = (type: string, data: object) => JSON.stringify(cloudEvent(`e${++ids}`, type, data));

function interaction(atMs: number, more: Partial<InteractionClosed> = {}): OutRecord {
  const data = closedInteraction(`i${++ids}`, toRfc3339(atMs), { customerId: 'c1', ...more });
  return { topic: 'interactions', key: data.customerId, value: event('interaction.closed', data) };
}

function answer(atMs: number, more: Partial<SurveyAnswered> = {}): OutRecord {
  const data = answeredSurvey(`s${++ids}`, 'i-first', toRfc3339(atMs), { customerId: 'c1', ...more });
  return { topic: 'surveys', key: 'c1', value: event('survey.answered', data) };
}

const raw = (topic: 'interactions' | 'surveys', value: string | Uint8Array): OutRecord => ({
  topic,
  key: 'c1',
  value,
});

test('bad input becomes dead letters with their reasons, and the stream goes on', async () => {
  const log = openLog(1);
  const clock = runOn(log, { policy });
  const twice = interaction(t0 + hourMs);
  const good = [
    interaction(t0, { interactionId: 'i-first' }),
    twice,
    interaction(t0 + 2 * hourMs, { customerId: null }),
    interaction(t0 + 9 * dayMs),
    interaction(t0 + 18 * dayMs),
  ];
  const bad: [string, OutRecord][] = [
    ['SEAM_NOT_JSON', raw('interactions', '{"specversion":')],
    ['SEAM_NOT_JSON', raw('interactions', Uint8Array.of(0xff, 0xfe))],
    ['SEAM_NOT_JSON', raw('surveys', '')],
    ['SEAM_NOT_CLOUDEVENT', raw('interactions', '{"hello":1}')],
    ['SEAM_UNKNOWN_TYPE', raw('interactions', event('interaction.dreamt', {}))],
    ['SEAM_UNKNOWN_TYPE', { ...answer(t0), topic: 'interactions' }],
    ['SEAM_WRONG_SHAPE', interaction(t0, { category: 'a|b' })],
    ['SEAM_WRONG_TIMES', interaction(t0, { startedAt: toRfc3339(t0 + hourMs) })],
    ['SEAM_SCORE_RANGE', answer(t0, { score: 6 })],
    ['SEAM_EVENT_FUTURE', interaction(now + hourMs)],
    ['SEAM_EVENT_TOO_LARGE', raw('interactions', JSON.stringify('x'.repeat(1_000_000)))],
    // Nine days after it, the interaction of this one is still unknown.
    ['SEAM_SURVEY_ORPHAN', answer(t0, { interactionId: 'i-never' })],
  ];
  const late: [string, OutRecord] = ['SEAM_EVENT_TOO_LATE', interaction(t0)];
  // Good ones between bad ones, each of which could have ended the stream.
  for (const [i, [, record]] of bad.entries()) {
    await log.append([...(i < 3 ? [good[i]!] : []), record]);
  }
  await log.append([answer(t0 + minuteMs), twice, good[3]!, late[1], good[4]!]);

  const expected: Record<string, number> = {};
  for (const [code] of [...bad, late]) expected[code] = (expected[code] ?? 0) + 1;
  // Events are the good ones, the one that came twice, the answer, and the orphan before it was buried.
  const taken = good.length + 3 + bad.length + 1;
  await progressUntil(log, (p) => p.sources.reduce((n, s) => n + s.events + s.dead, 0) === taken);
  clock.ms += policy.time.idleAfter;
  const progress = await progressUntil(log, (p) => p.sources.every((s) => s.state === 'idle'));
  expect(progress.deadByReason).toEqual(expected);
  expect(progress.sources).toMatchObject([
    { source: 'interactions-0', events: 6, duplicates: 1, dead: 10 },
    { source: 'surveys-0', events: 2, duplicates: 0, dead: 3 },
  ]);

  const letters = await readAll(log, 'dead-letters');
  const found = letters.map((l) => [l.headers['seam-code'], textOf(l)]);
  const asText = (value: OutRecord['value']) => Buffer.from(value ?? '').toString();
  expect(found.toSorted()).toEqual(
    [...bad, late].map(([code, record]) => [code, asText(record.value)]).toSorted(),
  );
  for (const { headers, key } of letters) {
    expect(key).toBe(`${headers['seam-source']}-${headers['seam-offset']}`);
    expect(headers['seam-found']).toMatch(/./);
  }

  const rates = (await readAll(log, 'rates')).filter((r) => r.key === 'all').map(textOf);
  const points = rates.flatMap((text) => (JSON.parse(text) as RatesRecord).points);
  const newest = (measure: string) => points.findLast((p) => p.window === '28d' && p.measure === measure);
  expect(newest('volume')).toMatchObject({ value: good.length, parts: { identified: good.length - 1 } });
  expect(newest('csat')).toMatchObject({ value: 4, n: 1 });
});

test('a source that is silent for long enough by the clock holds nothing back any longer', async () => {
  const log = openLog(2);
  const clock = runOn(log, { policy });
  await log.append([interaction(t0), interaction(t0 + hourMs)]);
  const waiting = await progressUntil(log, (p) => p.sources.some((s) => s.events === 2));
  expect(waiting.asOf).toBeNull();
  clock.ms += policy.time.idleAfter - 1;
  await log.append([interaction(t0 + 2 * hourMs)]);
  expect((await progressUntil(log, (p) => p.sources.some((s) => s.events === 3))).asOf).toBeNull();

  clock.ms += 1;
  // Of the source that has just spoken the open minute is not over.
  const open = Math.floor((t0 + 2 * hourMs - policy.time.outOfOrder) / minuteMs) * minuteMs;
  const spoken = await progressUntil(log, (p) => p.asOf === toRfc3339(open));
  expect(spoken.sources.map((s) => s.state).toSorted()).toEqual([
    'active',
    'never_seen',
    'never_seen',
    'never_seen',
  ]);

  clock.ms += policy.time.idleAfter;
  const all = await progressUntil(log, (p) => p.sources.every((s) => s.state !== 'active'));
  expect(Date.parse(all.asOf!)).toBeGreaterThan(t0 + 2 * hourMs);

  await log.append([interaction(t0 + 3 * hourMs)]);
  await progressUntil(log, (p) => p.sources.some((s) => s.state === 'active' && s.events === 4));
});
