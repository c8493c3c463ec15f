import type {
  AlertRecord,
  DaysTopicRecord,
  DeliveryRecord,
  RatesTopicRecord,
} from '@seamwatch/contracts/records.ts';
import { expect, test } from 'vitest';
import * as make from '../testing/records.ts';
import { AlertLog } from './alert-log.ts';
import { decodeRecord } from './decode-record.ts';
import { type Change, View } from './view.ts';

function apply(
  view: View,
  ...records: (RatesTopicRecord | DaysTopicRecord | AlertRecord | DeliveryRecord)[]
) {
  return records.map((record): Change | undefined => {
    const { topic, value } = make.toLog(record);
    return view.apply(decodeRecord(topic, Buffer.from(String(value)))!);
  });
}

test('the newest value of each measure and window stands, though a record carries only what changed', () => {
  const view = new View();
  const day = make.point(0.2, { window: '24h' });
  apply(view, make.rates('ai', 1, [make.point(0.1), day]), make.rates('ai', 2, [make.point(0.3)]));
  expect(view.rates('ai')).toEqual({ ...make.rates('ai', 2), points: [make.point(0.3), day] });
});

test('the days of several signals together keep which measures carried them', () => {
  const view = new View();
  const carriers = [{ measure: 'csat' as const, part: 0.75 }];
  const day = (date: string, more: object) => ({
    ...make.day('ai', date, 4),
    evidence: [make.evidence(30), make.evidence(30, { measure: 'composite', ...more })],
  });
  apply(view, day('2026-03-01', { carriers }), day('2026-03-02', { level: 'quiet' }));
  const evidence = view
    .days('ai')
    ?.days('ai')
    .map((it) => it.evidence[1]);
  expect(evidence?.map((it) => it?.measure)).toEqual(['composite', 'composite']);
  expect(evidence?.map((it) => it?.carriers)).toEqual([carriers, undefined]);
  const alone = view.days('ai')?.days('ai', 'composite')[0];
  expect(alone).toMatchObject({ points: [], evidence: [{ measure: 'composite', carriers }] });
});

test('evidence stands beside rates, and the last of each detector counts', () => {
  const view = new View();
  const first = { ...make.rates('ai', 1), evidence: [make.evidence(3)] };
  apply(view, first, make.rates('ai', 2), { ...make.rates('ai', 3, []), evidence: [make.evidence(9)] });
  expect(view.rates('ai')?.evidence).toEqual([make.evidence(9)]);
});

test('a series holds 25 hours, one point each five minutes, and nothing of the running minute', () => {
  const view = new View();
  for (let minute = 1; minute <= 30 * 60; minute++)
    apply(view, make.rates('ai', minute, [make.point(minute)]));
  apply(view, { ...make.rates('ai', 30 * 60 + 1, [make.point(-1)]), provisional: true });
  const points = view.series('ai')!.points('escalation_rate', '1h', 0, Number.POSITIVE_INFINITY);
  expect(points).toHaveLength(300);
  expect(points.at(-1)).toEqual({
    at: make.at(1_800),
    value: 1_800,
    lower: 1_799.99,
    upper: 1_800.01,
    n: 1_000,
  });
  expect(points[0]?.at).toBe(make.at(1_800 - 299 * 5));
  const from = Date.parse(make.at(1_790));
  expect(view.series('ai')!.points('escalation_rate', '1h', from, from)).toHaveLength(1);
  expect(view.rates('ai')?.points[0]?.value).toBe(-1);
});

test('a value that is unknown stays unknown in the series', () => {
  const view = new View();
  apply(view, make.rates('ai', 5, [make.point(null, { n: 3, state: 'not_enough_data' })]));
  expect(view.series('ai')!.points('escalation_rate', '1h', 0, Number.POSITIVE_INFINITY)).toEqual([
    { at: make.at(5), value: null, lower: null, upper: null, n: 3 },
  ]);
});

test('days come back as they were written, oldest first, and a revision replaces its day', () => {
  const view = new View();
  apply(
    view,
    make.day('ai', '2026-03-02', 4.5),
    make.day('ai', '2026-03-01', 4.1),
    make.day('ai', '2026-03-02', 4),
  );
  expect(view.days('ai')?.days('ai')).toEqual([
    make.day('ai', '2026-03-01', 4.1),
    make.day('ai', '2026-03-02', 4),
  ]);
  expect(view.days('ai')?.days('ai', 'csat')).toHaveLength(2);
  expect(view.days('ai')?.days('ai', 'nps')[0]).toMatchObject({ points: [], evidence: [] });
});

test('400 days and 60 weeks are kept', () => {
  const view = new View();
  for (let i = 0; i < 500; i++) {
    const date = new Date(Date.UTC(2025, 0, 1 + i)).toISOString().slice(0, 10);
    apply(view, make.day('ai', date, 4));
  }
  for (let i = 1; i <= 70; i++) apply(view, make.week('ai', i));
  expect(view.days('ai')?.days('ai')).toHaveLength(400);
  const weeks = view.days('ai')!.weeks();
  expect([weeks.length, weeks[0]?.week, weeks.at(-1)?.week]).toEqual([60, '2026-W11', '2026-W70']);
});

test('weekly NPS is given for segments with a path', () => {
  const view = new View();
  apply(view, make.segments(make.segment('ai', { path: 'ai' }), make.segment('all')));
  apply(view, make.week('ai', 10), make.week('all', 10));
  expect(view.weeks()).toEqual([make.week('ai', 10)]);
});

test('segments that left the list are forgotten; ones that are not on it yet are shown by their id', () => {
  const view = new View();
  apply(
    view,
    make.segments(make.segment('ai'), make.segment('seam')),
    make.rates('ai', 1),
    make.rates('seam', 1),
  );
  apply(view, make.day('seam', '2026-03-01', 4), make.day('new', '2026-03-01', 4));
  const [changed] = apply(view, make.rates('new', 2));
  expect(changed).toEqual({ kind: 'layout' });
  expect(view.segments().map((s) => s.title)).toEqual(['AI', 'SEAM', 'new']);

  apply(view, make.segments(make.segment('ai'), make.segment('new')));
  expect(view.segment('seam')).toBeUndefined();
  expect(view.allRates().map((r) => r.segment)).toEqual(['ai', 'new']);
  // The list may be older than the days while the log is still being read.
  expect(view.days('seam')).toBeDefined();
  view.settle();
  expect(view.days('seam')).toBeUndefined();
  expect(view.days('new')).toBeDefined();
});

test('an alert is shown in its newest state, with every change of it in order', () => {
  const view = new View();
  const opened = make.alert(1, { id: 'a' });
  const other = make.alert(2, { id: 'b' });
  const resolved = make.alert(3, { id: 'a', change: 'resolved', status: 'resolved', resolvedAt: make.at(3) });
  apply(view, opened, other, resolved);
  expect(view.alerts.get('a')).toEqual(resolved);
  expect(view.alerts.history('a')).toEqual([opened, resolved]);
  expect(view.alerts.open()).toEqual([other]);
  expect(view.alerts.newest()).toEqual([resolved, other]);
  expect([view.alerts.firstSeq, view.alerts.lastSeq]).toEqual([1, 3]);
  expect([...view.alerts.after(1)]).toEqual([other, resolved]);
});

test('a change that comes twice counts once', () => {
  const view = new View();
  const [first, second] = apply(view, make.alert(1), make.alert(1));
  expect(first).toMatchObject({ kind: 'alert' });
  expect(second).toBeUndefined();
  expect([...view.alerts.after(0)]).toHaveLength(1);
});

test('the alert log is bounded, and an open alert is shown however old it is', () => {
  const log = new AlertLog(100);
  log.add(make.alert(1, { id: 'open' }));
  for (let seq = 2; seq <= 1_000; seq++) {
    log.add(make.alert(seq, { id: `id-${seq % 500}`, status: 'resolved' }));
  }
  expect(log.lastSeq - log.firstSeq + 1).toBeLessThanOrEqual(110);
  expect(log.get('open')).toBeDefined();
  expect(log.newest().length).toBeLessThanOrEqual(111);
});

test('alerts of more than 400 days ago are dropped once they are resolved', () => {
  const log = new AlertLog();
  log.add(make.alert(1, { id: 'old', status: 'resolved', at: '2024-01-01T00:00:00Z' }));
  log.add(make.alert(2, { id: 'new', at: '2026-03-01T00:00:00Z' }));
  expect(log.newest().map((a) => a.id)).toEqual(['new']);
  expect(log.firstSeq).toBe(2);
});

test('"quiet since" holds only while every source that was ever seen is idle', () => {
  const view = new View();
  const source = make.progress(5).sources[0]!;
  const states = (...list: ('active' | 'idle' | 'never_seen' | 'unowned')[]) =>
    make.progress(5, { sources: list.map((state) => ({ ...source, state })) });
  apply(view, states('idle', 'active'));
  expect(view.quietSince).toBeNull();
  apply(view, states('idle', 'unowned'));
  expect(view.quietSince).toBeNull();
  apply(view, states('idle', 'never_seen'));
  expect(view.quietSince).toBe(make.at(5));
  apply(view, states('never_seen', 'never_seen'));
  expect(view.quietSince).toBeNull();
});

test('each way out is shown in its newest state', () => {
  const view = new View();
  const broken = make.delivery('influxdb', { state: 'retrying' });
  apply(view, make.delivery('influxdb'), make.delivery('e-mail'), broken);
  expect(view.deliveries).toEqual([make.delivery('e-mail'), broken]);
});

test('a record that this version does not know is no record', () => {
  expect(decodeRecord('rates', Buffer.from('{"kind":"news"}'))).toBeUndefined();
  expect(decodeRecord('rates', Buffer.from('{'))).toBeUndefined();
  expect(decodeRecord('rollups', Buffer.from('{}'))).toBeUndefined();
});
