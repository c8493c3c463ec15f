import { expect, test } from 'vitest';
import { timeFormat } from '../format/time.ts';
import { heroAlert, leadTime, openBySeries, sortAlerts } from './alerts.ts';
import { anAlert } from './build.ts';

const berlin = timeFormat('Europe/Berlin');
const asOf = Date.parse('2026-04-14T12:05:00Z');

test('open alerts come first, critical before warning, then the longest open; resolved newest first', () => {
  const alerts = [
    anAlert({ id: 'old', status: 'resolved', resolvedAt: '2026-01-01T00:00:00Z' }),
    anAlert({ id: 'late', openedAt: '2026-04-01T00:00:00Z' }),
    anAlert({ id: 'new', status: 'resolved', resolvedAt: '2026-02-01T00:00:00Z' }),
    anAlert({ id: 'early' }),
    anAlert({ id: 'worst', level: 'critical', status: 'recovering', openedAt: '2026-04-10T00:00:00Z' }),
  ];
  const { open, resolved } = sortAlerts(alerts);
  expect(open.map((a) => a.id)).toEqual(['worst', 'early', 'late']);
  expect(resolved.map((a) => a.id)).toEqual(['new', 'old']);
  expect(heroAlert(open, 'late')?.id).toBe('late');
  expect(heroAlert(open, 'old')?.id).toBe('worst');
  expect(heroAlert([], undefined)).toBeUndefined();
});

test('lead time is in calendar days from the alert to the weekly NPS confirmation', () => {
  const lead = (npsConfirmedAt: string) => leadTime(anAlert({ npsConfirmedAt }), asOf, berlin);
  expect(lead('2026-05-20T22:00:00.000Z')).toMatchObject({ kind: 'earlier', days: 70 });
  expect(lead('2026-05-20T21:59:00.000Z')).toMatchObject({ kind: 'earlier', days: 69 });
  expect(lead('2026-03-12T22:00:00.000Z')).toMatchObject({ kind: 'same_day' });
  expect(lead('2026-03-08T23:00:00.000Z')).toMatchObject({ kind: 'later', days: 3 });
});

test('an alert that NPS has not confirmed counts its days up to now, or to its resolution', () => {
  expect(leadTime(anAlert(), asOf, berlin)).toEqual({ kind: 'not_confirmed', days: 33, confirmedAt: null });
  const resolved = anAlert({ status: 'resolved', resolvedAt: '2026-03-20T12:00:00Z' });
  expect(leadTime(resolved, asOf, berlin).days).toBe(8);
});

test('a series shows the most severe of its open alerts, and no improvement', () => {
  const series = openBySeries([
    anAlert({ id: 'warning' }),
    anAlert({ id: 'critical', level: 'critical' }),
    anAlert({ id: 'better', measure: 'nps', direction: 'better' }),
    anAlert({ id: 'over', measure: 'csat', status: 'resolved' }),
  ]);
  expect([...series].map(([key, alert]) => [key, alert.id])).toEqual([['ai/repeat_contact', 'critical']]);
});
