import { expect, test } from 'vitest';
import { anAlert, aPoint, aSegment, someEvidence, someRates } from './build.ts';
import { Picture } from './picture.ts';

const snapshot = (changes = {}) => ({
  type: 'snapshot' as const,
  asOf: '2026-04-14T12:00:00.000Z',
  segments: [aSegment('ai')],
  rates: [someRates('ai')],
  weeks: [],
  alerts: [],
  ...changes,
});

test('changed points replace the old ones of the same measure and window, and leave the others', () => {
  const picture = new Picture();
  picture.takeSnapshot(snapshot());
  picture.takeRates([someRates('ai', { points: [aPoint({ window: '1h', value: 0.3 })] })]);
  expect(picture.point('ai', 'repeat_contact', '7d')?.value).toBe(0.15);
  expect(picture.point('ai', 'repeat_contact', '1h')?.value).toBe(0.3);
  expect(picture.rates.get('ai')?.version).toBe(2);
});

test('before the first snapshot nothing is known, not even that there is no alert', () => {
  const picture = new Picture();
  picture.takeRates([someRates('ai')]);
  expect(picture.known).toBe(false);
  picture.takeSnapshot(snapshot());
  expect(picture.known).toBe(true);
});

test('a provisional minute is marked and does not move "data as of"', () => {
  const picture = new Picture();
  picture.takeSnapshot(snapshot());
  const before = picture.asOf;
  picture.takeRates([someRates('ai', { provisional: true, asOf: '2026-04-14T13:00:00.000Z' })]);
  expect(picture.asOf).toBe(before);
  expect(picture.point('ai', 'repeat_contact', '7d')?.provisional).toBe(true);
});

test('a snapshot forgets what the server no longer knows', () => {
  const picture = new Picture();
  picture.takeSnapshot(snapshot({ rates: [someRates('ai'), someRates('gone')], alerts: [anAlert()] }));
  picture.takeSnapshot(snapshot({ rates: [someRates('ai', { points: [] })] }));
  expect(picture.point('gone', 'repeat_contact', '7d')).toBeUndefined();
  expect(picture.point('ai', 'repeat_contact', '7d')).toBeUndefined();
  expect(picture.alerts.size).toBe(0);
});

test('an older state of an alert does not undo a newer one', () => {
  const picture = new Picture();
  picture.takeSnapshot(snapshot({ alerts: [anAlert({ seq: 5, status: 'resolved' })] }));
  expect(picture.takeAlert(anAlert({ seq: 4 }))).toBe(false);
  expect(picture.alerts.get('a-1')?.status).toBe('resolved');
  expect(picture.takeAlert(anAlert({ seq: 6, status: 'firing' }))).toBe(true);
});

test('evidence of improvements does not colour anything', () => {
  const picture = new Picture();
  const evidence = [someEvidence({ direction: 'better', level: 'critical' })];
  picture.takeRates([someRates('ai', { evidence })]);
  expect(picture.rates.get('ai')?.evidence.size).toBe(0);
});
