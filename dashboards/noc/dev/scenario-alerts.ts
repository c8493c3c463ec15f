import { measures } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, WeekRecord } from '@seamwatch/contracts/records.ts';
import { formatCount, formatInterval, formatValue } from '../src/format/number.ts';
import { type DayCounts, merge } from './segment-days.ts';

export const at = (text: string): number => Date.parse(text);
export const iso = (ms: number): string => new Date(ms).toISOString();
export const onset = at('2026-03-02T23:00:00.000Z');
export const seamOnset = at('2026-05-15T23:00:00.000Z');

/** The alerts of the decline, oldest first. */
export function declineAlerts(long: boolean): AlertRecord[] {
  const common = { rule: 'evidence', direction: 'worse', learning: false, parent: null } as const;
  const owner = long
    ? 'Leitung Kundenkommunikation, Rückerstattungen und Aufenthaltsangelegenheiten (Frau Dr. Müller-Lüdenscheidt)'
    : 'Head of Customer Service';
  return [
    {
      ...common,
      seq: 4,
      id: 'al-5c1e0d27',
      change: 'resolved',
      status: 'resolved',
      level: 'warning',
      segment: 'path:seam|category:billing',
      segmentTitle: 'Seam · Billing',
      measure: 'csat',
      at: iso(at('2026-02-03T09:30:00Z')),
      openedAt: iso(at('2025-12-18T15:41:00Z')),
      resolvedAt: iso(at('2026-02-03T09:30:00Z')),
      onset: {
        at: iso(at('2025-12-11T00:00:00Z')),
        lower: iso(at('2025-12-08T00:00:00Z')),
        upper: iso(at('2025-12-14T00:00:00Z')),
      },
      effect: { value: 3.62, lower: 3.51, upper: 3.73, n: 412, baseline: 3.86 },
      evidenceDays: 6_100,
      installationDays: 830,
      sentence:
        'CSAT after billing handed off by the AI fell from 3.86 to 3.62 (3.51–3.73, n 412) since about 11 December (8 – 14 Dec); across everything watched, chance alone gives this at most once in 27 months.',
      owner: 'Billing desk',
      npsConfirmedAt: iso(at('2026-01-25T23:00:00Z')),
      alsoIn: [],
    },
    {
      ...common,
      seq: 7,
      id: 'al-91b7f3aa',
      change: 'nps_confirmed',
      status: 'firing',
      level: 'critical',
      segment: 'tier:1|path:ai',
      segmentTitle: 'Tier 1 · AI',
      measure: 'repeat_contact',
      at: iso(at('2026-05-17T23:00:00Z')),
      openedAt: iso(at('2026-03-12T08:14:00Z')),
      resolvedAt: null,
      onset: {
        at: iso(onset),
        lower: iso(at('2026-02-27T23:00:00Z')),
        upper: iso(at('2026-03-04T23:00:00Z')),
      },
      effect: { value: 0.184, lower: 0.176, upper: 0.192, n: 8_412, baseline: 0.151 },
      evidenceDays: 410_000,
      installationDays: 5_230,
      sentence: `Repeat contact after AI-handled ${long ? 'Rückerstattungsangelegenheiten und Aufenthaltsgenehmigungsverlängerungen ' : ''}tier 1 interactions rose {change} since about 3 March (28 Feb – 5 Mar); across everything watched, chance alone gives this at most once in 14 years.`,
      owner,
      npsConfirmedAt: iso(at('2026-05-17T23:00:00Z')),
      alsoIn: [
        'tier:1/repeat_contact',
        'path:ai/repeat_contact',
        'path:ai|category:returns/repeat_contact',
        'tier:1|path:ai/csat',
      ],
    },
    {
      ...common,
      seq: 8,
      id: 'al-2d40c6e1',
      change: 'opened',
      status: 'firing',
      level: 'warning',
      segment: 'tier:2|path:seam',
      segmentTitle: 'Tier 2 · Seam',
      measure: 'seam_abandonment',
      at: iso(at('2026-05-23T17:32:00Z')),
      openedAt: iso(at('2026-05-23T17:32:00Z')),
      resolvedAt: null,
      onset: {
        at: iso(seamOnset),
        lower: iso(at('2026-05-13T23:00:00Z')),
        upper: iso(at('2026-05-18T23:00:00Z')),
      },
      effect: { value: 0.081, lower: 0.069, upper: 0.094, n: 1_904, baseline: 0.061 },
      evidenceDays: 5_400,
      installationDays: 462,
      sentence:
        'Seam abandonment in tier 2 rose {change} since about 16 May (14 – 19 May); across everything watched, chance alone gives this at most once in 15 months.',
      owner: 'Workforce planning',
      npsConfirmedAt: null,
      alsoIn: [],
    },
  ];
}

/** An open alert with the effect that the days show, and the first week after it in which the weekly test rejects. */
export function fromCounts(
  alert: AlertRecord,
  weeks: readonly WeekRecord[],
  days: readonly DayCounts[],
): AlertRecord {
  if (alert.resolvedAt !== null) return alert;
  const since = days.filter((day) => day.start >= at(alert.onset.at));
  const { value, lower, upper, n, baseline } = merge(since, alert.measure);
  const week = weeks.find((w) => w.segment === alert.segment && w.rejects && w.end > alert.openedAt);
  const npsConfirmedAt = week?.end ?? null;
  if (value === null || lower === null || upper === null || baseline === null)
    return { ...alert, npsConfirmedAt };
  const { unit } = measures[alert.measure];
  const interval = `${formatInterval(unit, lower, upper)}, n ${formatCount(n)}`;
  const change = `from ${formatValue(unit, baseline)} to ${formatValue(unit, value)} (${interval})`;
  return {
    ...alert,
    npsConfirmedAt,
    at: alert.change === 'nps_confirmed' && npsConfirmedAt !== null ? npsConfirmedAt : alert.at,
    effect: { value, lower, upper, n, baseline },
    sentence: alert.sentence.replace('{change}', change),
  };
}
