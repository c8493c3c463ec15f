import { createHash } from 'node:crypto';
import { decodeEnvelope } from '@seamwatch/contracts/cloudevents.ts';
import { eventTypes } from '@seamwatch/contracts/events.ts';
import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { parseScenario, type ScenarioInput } from './scenario.ts';
import { simulate, simulateArrivals } from './simulate.ts';
import { observe, tally } from './truth.ts';

const from = Date.parse('2026-03-02T00:00:00Z');
const days = (n: number) => from + n * dayMs;
const base: ScenarioInput = {
  seed: 5,
  from,
  to: days(14),
  timeZone: 'Europe/Berlin',
  interactionsPerDay: 1_000,
  events: { handedOff: true },
  models: [{ version: 'm-1' }, { version: 'm-2', at: days(7) }],
  changes: [{ at: days(3), kind: 'incident', title: 'Telephones down' }],
};
const run = (extra: ScenarioInput | object = {}) => [...simulate(parseScenario({ ...base, ...extra }))];

test('the first 20,000 events of a scenario never change', () => {
  const hash = createHash('sha256');
  let n = 0;
  for (const event of simulate(parseScenario({ ...base, to: undefined }))) {
    hash.update(`${JSON.stringify(event)}\n`);
    if (++n === 20_000) break;
  }
  expect(hash.digest('hex')).toMatchInlineSnapshot(
    `"30891cdebbe1c67d336aef15ad38b66a759974a631d0f51c91ece49b570529e5"`,
  );
});

test('the same seed gives the same events, another seed others', () => {
  const events = run();
  expect(run()).toEqual(events);
  expect(run({ seed: 6 }).map((e) => e.time)).not.toEqual(events.map((e) => e.time));
});

test('every event of every type is valid, and there is every type', () => {
  const events = run();
  const refused = events.map((e) => decodeEnvelope(JSON.parse(JSON.stringify(e)))).filter((d) => !d.ok);
  expect(refused).toEqual([]);
  expect(new Set(events.map((e) => e.type))).toEqual(new Set(Object.values(eventTypes)));
  expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
});

test('events come in order of event time, within the span', () => {
  const times = run().map((e) => e.time);
  expect(times).toEqual(times.toSorted());
  expect(times[0]! >= new Date(from).toISOString()).toBe(true);
  expect(times.at(-1)! < new Date(days(14)).toISOString()).toBe(true);
});

test('an end only ends it: history and live are one stream', () => {
  const history = run({ to: days(3) });
  const endless = simulate(parseScenario({ ...base, to: undefined }));
  const prefix = history.map(() => endless.next().value);
  expect(prefix).toEqual(history);
  const next = endless.next().value;
  expect(Date.parse(next!.time)).toBeGreaterThanOrEqual(days(3));
});

test('volume is as wanted from the first day on, repeats included', () => {
  const seen = observe(run({ to: days(28), interactionsPerDay: 3_000 }));
  const perWeek = [0, 1, 2, 3].map(
    (w) => tally(seen, days(28), { from: days(7 * w), to: days(7 * w + 7) }).total.interactions,
  );
  for (const n of perWeek) expect(Math.abs(n / 21_000 - 1)).toBeLessThan(0.035);
});

test('people come by local time, also after the clock change', () => {
  const events = run({ to: days(42) }).filter((e) => e.type === eventTypes.interactionClosed);
  const share = (weekFrom: number, utcHour: number) => {
    const week = events.filter(
      (e) => e.time >= new Date(weekFrom).toISOString() && Date.parse(e.time) < weekFrom + 7 * dayMs,
    );
    return week.filter((e) => new Date(e.time).getUTCHours() === utcHour).length / week.length;
  };
  // The morning rise lies between 07:00 and 10:00 local: an hour earlier in UTC from 29 March.
  expect(share(days(28), 7) / share(days(7), 7)).toBeGreaterThan(1.4);
});

test('customers come back: on the same matter mostly, on other channels too, and never twice at once', () => {
  const byCustomer = Map.groupBy(
    run({ to: days(60) }).flatMap((e) =>
      e.type === eventTypes.interactionClosed && e.data.customerId ? [e.data] : [],
    ),
    (i) => i.customerId,
  );
  let overlaps = 0;
  let changed = 0;
  let otherChannel = 0;
  let repeats = 0;
  for (const contacts of byCustomer.values()) {
    contacts.forEach((contact, i) => {
      const previous = contacts[i - 1];
      if (!previous) return;
      const gapMs = Date.parse(contact.startedAt) - Date.parse(previous.closedAt);
      if (gapMs < 0) overlaps++;
      if (contact.customer?.annualValue !== previous.customer?.annualValue) changed++;
      if (gapMs >= 7 * dayMs) return;
      repeats++;
      if (contact.channel !== previous.channel) otherChannel++;
    });
  }
  expect([overlaps, changed]).toEqual([0, 0]);
  expect(repeats).toBeGreaterThan(4_000);
  expect(otherChannel / repeats).toBeGreaterThan(0.15);
  expect(otherChannel / repeats).toBeLessThan(0.35);
});

test('who has escalated before more often starts with a human', () => {
  const events = run({ to: days(60), repeat: { sameMatter: 1, share: 0.4 } });
  const escalated = new Set<string>();
  const counts = { before: [0, 0], never: [0, 0] };
  for (const e of events) {
    if (e.type !== eventTypes.interactionClosed || !e.data.customerId || e.data.category !== 'simple_return')
      continue;
    const group = escalated.has(e.data.customerId) ? counts.before : counts.never;
    group[e.data.startedWith === 'human' ? 0 : 1]!++;
    if (e.data.handoffs.length > 0) escalated.add(e.data.customerId);
  }
  const share = ([human, ai]: number[]) => human! / (human! + ai!);
  expect(share(counts.before)).toBeGreaterThan(2 * share(counts.never));
});

test('the unidentified are as many as wanted, and have no customer', () => {
  const events = run({ customers: { unidentified: 0.59 }, repeat: { share: 0 } });
  const closes = events.flatMap((e) => (e.type === eventTypes.interactionClosed ? [e.data] : []));
  const unknown = closes.filter((i) => i.customerId === null);
  expect(Math.abs(unknown.length / closes.length - 0.59)).toBeLessThan(0.02);
  for (const i of unknown) expect(i.customer).toBeUndefined();
});

test('a churned customer is not seen again', () => {
  const gone = new Set<string>();
  const seenAgain: string[] = [];
  for (const e of run({ to: days(90), churn: { share: 0.1, after: '8d' } })) {
    if (e.type === eventTypes.customerChurned) gone.add(e.data.customerId);
    if (e.type === eventTypes.interactionClosed && gone.has(e.data.customerId ?? '')) seenAgain.push(e.id);
  }
  expect(gone.size).toBeGreaterThan(500);
  expect(seenAgain).toEqual([]);
});

test('surveys come after their interaction, and answers after their survey, late ones too', () => {
  const events = run({
    to: days(30),
    surveys: { csat: { send: 1, response: 0.9, scores: [1, 1, 1, 1, 1] } },
  });
  const sent = new Map<string, number>();
  const closes = new Set<string>();
  const early: string[] = [];
  const delays: number[] = [];
  for (const e of events) {
    if (e.type === eventTypes.interactionClosed) closes.add(e.data.interactionId);
    if (e.type === eventTypes.surveySent) {
      if (!closes.has(e.data.interactionId)) early.push(e.id);
      sent.set(e.data.surveyId, Date.parse(e.data.sentAt));
    }
    if (e.type === eventTypes.surveyAnswered)
      delays.push(Date.parse(e.data.answeredAt) - sent.get(e.data.surveyId)!);
  }
  expect(early).toEqual([]);
  delays.sort((a, b) => a - b);
  expect(delays[0]).toBeGreaterThan(0);
  expect(delays.at(-1)).toBeLessThanOrEqual(7 * dayMs);
  expect(Math.abs(delays[Math.floor(delays.length / 2)]! / hourMs - 2.9)).toBeLessThan(0.4);
});

test('a model version is named from its release on, which is recorded', () => {
  const events = run();
  const wrong: string[] = [];
  for (const e of events) {
    if (e.type !== eventTypes.interactionClosed) continue;
    const version = Date.parse(e.data.startedAt) >= days(7) ? 'm-2' : 'm-1';
    if (e.data.modelVersion !== (e.data.startedWith === 'ai' ? version : undefined)) wrong.push(e.id);
  }
  expect(wrong).toEqual([]);
  const changes = events.flatMap((e) => (e.type === eventTypes.changeRecorded ? [e.data] : []));
  expect(changes.map((c) => [c.kind, c.at])).toEqual([
    ['incident', new Date(days(3)).toISOString()],
    ['model_release', new Date(days(7)).toISOString()],
  ]);
});

describe('disorder', () => {
  const arrivals = [
    ...simulateArrivals(
      parseScenario({
        ...base,
        outOfOrder: { share: 0.3, within: '20s' },
        late: { share: 0.05, within: '1d' },
      }),
    ),
  ];

  test('events arrive in order of arrival, some late, none early, none later than wanted', () => {
    const arrived = arrivals.map((a) => a.arrivedMs);
    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    const delays = arrivals.map(({ arrivedMs, event }) => arrivedMs - Date.parse(event.time));
    expect(Math.min(...delays)).toBe(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(dayMs);
    const share = (test: (ms: number) => boolean) => delays.filter(test).length / delays.length;
    expect(Math.abs(share((ms) => ms > 0 && ms <= 20_000) - 0.3)).toBeLessThan(0.02);
    expect(Math.abs(share((ms) => ms > 20_000) - 0.05)).toBeLessThan(0.01);
  });

  test('it is the same events as without', () => {
    const ids = new Set(run().map((e) => e.id));
    const found = arrivals.filter(({ event }) => ids.has(event.id)).length;
    expect(found).toBe(arrivals.length);
    expect(found / ids.size).toBeGreaterThan(0.99);
  });
});

test('a contact centre of one customer, or of closed days, still runs', () => {
  const zero = new Array<number>(24).fill(0);
  const tiny = run({ interactionsPerDay: 20, customers: { count: 1, unidentified: 0 } });
  expect(
    new Set(tiny.flatMap((e) => (e.type === eventTypes.interactionClosed ? [e.data.customerId] : []))).size,
  ).toBe(2);
  const closedAtWeekends = run({
    week: {
      weekday: new Array<number>(24).fill(1),
      saturday: [...zero.slice(1), 1],
      sunday: [...zero.slice(1), 1],
    },
  });
  expect(closedAtWeekends.length).toBeGreaterThan(1_000);
});

test('it is much faster than real time', () => {
  const wanted = 200_000;
  const began = performance.now();
  let n = 0;
  for (const _ of simulate(parseScenario({ from, interactionsPerDay: 5_000, warmUpDays: 0 }))) {
    if (++n === wanted) break;
  }
  const perSecond = wanted / ((performance.now() - began) / 1_000);
  console.log(`simulated ${Math.round(perSecond).toLocaleString('en')} events a second`);
  expect(perSecond).toBeGreaterThan(30_000);
});
