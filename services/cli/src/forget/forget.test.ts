import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { storeExpiry } from '@seamwatch/adapters/sqlite/store-expiry.ts';
import { answeredSurvey, cloudEvent } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { type Topic, topicNames } from '@seamwatch/contracts/topics.ts';
import { SipHash } from '@seamwatch/core/hash/siphash.ts';
import { rowKey } from '@seamwatch/core/journeys/row-key.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { hashKeyOf } from '@seamwatch/monitor/hash-key.ts';
import { runMonitor } from '@seamwatch/monitor/monitor.ts';
import { allTaken } from '@seamwatch/monitor/testing/log.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closed, contents, temporaryFolder } from '../testing/store.ts';
import { describeForgotten, describeVerified, isGone } from './describe.ts';
import { Forgetter } from './forgetter.ts';

const partitions = 2;
const policy = policySchema.parse({ version: 1 });
const expiry = new Map<Topic, ReturnType<typeof storeExpiry>>(topicNames.map((t) => [t, storeExpiry(t)]));
const id = 'customer-Ümläut-4711';
const day = (n: number) => `2026-03-0${n}T10:00:00Z`;

const contact = (interactionId: string, customerId: string, at: string): OutRecord => ({
  topic: 'interactions',
  key: customerId,
  value: JSON.stringify(closed(interactionId, at, { customerId })),
});
const answer = (
  surveyId: string,
  interactionId: string,
  customerId: string,
  at: string,
  score = 4,
): OutRecord => {
  const data = answeredSurvey(surveyId, interactionId, at, { customerId, score });
  const value = JSON.stringify(cloudEvent(surveyId, 'survey.answered', data));
  return { topic: 'surveys', key: customerId, value };
};

/** Two contacts and an answer, a refused answer, an answer to nothing known; and as much of somebody else. */
const told = (customer: string): OutRecord[] => [
  contact(`${customer}-i1`, customer, day(1)),
  contact(`${customer}-i2`, customer, day(2)),
  answer(`${customer}-s1`, `${customer}-i1`, customer, day(2)),
  answer(`${customer}-s2`, `${customer}-i1`, customer, day(2), 9),
  answer(`${customer}-s3`, 'unknown', customer, day(2)),
];
// Interaction ids as above carry the customer's: those are ids of their own, which no one has asked to forget.
const events = (customer: string) =>
  told(customer).map((r) => ({
    ...r,
    value: String(r.value).replaceAll(`"${customer}-`, `"${customer.length}-`),
  }));

function open(hashKeySetting?: string) {
  const file = join(temporaryFolder(), 'seamwatch.sqlite');
  const log = openSqliteEventLog({ file, partitions });
  onTestFinished(() => log.close());
  const forgetter = (customer = id) =>
    new Forgetter(customer, { log, store: log, expiry, hashKeySetting, now: Date.now });
  return { log, file, forgetter };
}

/** A monitor on a connection of its own, as in `seamwatch start`. */
function monitor(file: string, setting?: string) {
  const log = openSqliteEventLog({ file });
  const stop = new AbortController();
  const running = hashKeyOf(setting, log).then((hashKey) =>
    runMonitor({ log, policy, hashKey, signal: stop.signal }),
  );
  running.catch(() => {});
  const end = async () => {
    stop.abort();
    await running;
    await log.close();
  };
  onTestFinished(end);
  return end;
}

const fileHolds = (file: string, text: string) =>
  [file, `${file}-wal`].some((name) => existsSync(name) && readFileSync(name).includes(text));

describe('a customer that is forgotten in the embedded store', { timeout: 60_000 }, () => {
  it('is gone at once from records and from every byte of the file, while a monitor runs', async () => {
    const { log, file, forgetter } = open();
    monitor(file);
    await log.append([...events(id), ...events('somebody-else')]);
    await allTaken(log);
    expect(fileHolds(file, id)).toBe(true);
    expect(isGone((await forgetter().verify()).standing)).toBe(false);

    const forgotten = await forgetter().forget('dpo', 20_000);
    expect(forgotten.before.map(({ place, records, state }) => [place, records, state])).toEqual([
      ['journey', 4, 'held'],
      ['events', 5, 'held'],
      ['dead-letters', 1, 'held'],
    ]);
    expect(forgotten.after.map(({ place, records, state }) => [place, records, state])).toEqual([
      ['entries', 2, 'going'],
    ]);
    const hashKey = await hashKeyOf(undefined, log);
    const { hi, lo } = new SipHash(hashKey).text(id);
    expect(fileHolds(file, id)).toBe(false);
    expect(fileHolds(file, rowKey('customer', hi, lo))).toBe(false);
    expect(fileHolds(file, 'somebody-else')).toBe(true);
    expect(describeForgotten(forgotten, 'the store')).toMatch(/^events as they were sent +5 +0 {2}now$/m);

    const verified = await forgetter().verify();
    expect(isGone(verified.standing)).toBe(true);
    expect(verified.act).toEqual(forgotten.act);
    expect(describeVerified(verified.act, verified.standing)).toMatch(/^proven/m);
    expect((await forgetter('somebody-else').verify()).standing.map(({ records }) => records)).toEqual([
      4, 5, 1,
    ]);
  });

  it('leaves a record of who asked and when, with neither id nor hash', async () => {
    const { log, file, forgetter } = open();
    monitor(file);
    await log.append(events(id));
    await allTaken(log);
    await forgetter().forget('dpo', 20_000);
    const [act, ...others] = await contents(log, 'audit');
    expect(others).toEqual([]);
    expect(JSON.parse(act!.text)).toMatchObject({ kind: 'customer_forgotten', by: 'dpo' });
    const { hi, lo } = new SipHash(await hashKeyOf(undefined, log)).text(id);
    expect(act!.text).not.toContain(id);
    expect(act!.text).not.toContain(rowKey('customer', hi, lo).slice(1));
  });

  it('who comes back begins a new journey; asked again, that one is forgotten too', async () => {
    const { log, file, forgetter } = open();
    monitor(file);
    await log.append(events(id));
    await allTaken(log);
    await forgetter().forget('dpo', 20_000);
    await log.append([contact('new', id, day(3))]);
    await allTaken(log);
    const { standing } = await forgetter().verify();
    expect(standing.map(({ place, state, records }) => [place, state, records])).toEqual([
      ['journey', 'new', 2],
      ['events', 'new', 1],
      ['entries', 'going', 2],
    ]);
    expect(isGone(standing)).toBe(true);
    const again = await forgetter().forget('dpo', 20_000);
    expect(again.isNew).toBe(true);
    expect(again.after.map(({ place }) => place)).toEqual(['entries']);
    expect(fileHolds(file, id)).toBe(false);
    const idle = await forgetter().forget('dpo', 0);
    expect([idle.isNew, idle.act]).toEqual([false, again.act]);
    expect(await contents(log, 'audit')).toHaveLength(2);
  });

  it('waits for a monitor where none runs, says so, and is completed when asked again', async () => {
    const { log, file, forgetter } = open();
    const end = monitor(file);
    await log.append(events(id));
    await allTaken(log);
    await end();
    const asked = await forgetter().forget('dpo', 0);
    expect(asked.after.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'going']);
    expect(describeForgotten(asked, 'the store')).toContain('start one, then ask again');
    expect(isGone((await forgetter().verify()).standing)).toBe(false);

    monitor(file);
    const completed = await forgetter().forget('dpo', 20_000);
    expect(completed.isNew).toBe(false);
    expect(completed.after.map(({ place }) => place)).toEqual(['entries']);
    expect(fileHolds(file, id)).toBe(false);
    expect(isGone((await forgetter().verify()).standing)).toBe(true);
  });

  it('that nobody knows is told so, and nothing is written', async () => {
    const { log, file, forgetter } = open();
    monitor(file);
    await log.append(events('somebody-else'));
    await allTaken(log);
    const result = await forgetter().forget('dpo', 0);
    expect(result).toEqual({ act: undefined, isNew: false, before: [], after: [] });
    expect(describeForgotten(result, 'the store')).toBe('nothing held of this customer in the store');
    expect(await contents(log, 'audit')).toEqual([]);
  });

  it('is refused under another key than the monitor has, since it would not be found', async () => {
    const { log, file, forgetter } = open('another-key-than-that');
    monitor(file);
    await log.append(events(id));
    await allTaken(log);
    await expect(forgetter().forget('dpo', 0)).rejects.toThrow(/SEAMWATCH_HASH_KEY must be as the monitor/);
    expect(await contents(log, 'audit')).toEqual([]);
  });
});
