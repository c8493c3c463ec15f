import { type Measure, measures, titleOf } from '@seamwatch/contracts/measures.ts';
import type { AlertRecord, Effect, WeekRecord } from '@seamwatch/contracts/records.ts';
import { formatCount, formatInterval, formatValue } from '../src/format/number.ts';
import { type DayCounts, merge } from './segment-days.ts';

export const at = (text: string): number => Date.parse(text);
export const iso = (ms: number): string => new Date(ms).toISOString();
export const onset = at('2026-03-02T23:00:00.000Z');
export const seamOnset = at('2026-05-15T23:00:00.000Z');
export const accountOnset = at('2026-05-01T22:00:00.000Z');
export const compositeSegment = 'path:ai|category:account';

/** The alerts of the decline, oldest first. */
export function declineAlerts(long: boolean): AlertRecord[] {
  const common = {
    rule: 'evidence',
    direction: 'worse' as const,
    learning: false,
    carriers: [],
    limit: null,
    verdict: 'pending' as const,
    parent: null,
  };
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
      verdict: 'unconfirmed',
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
      verdict: 'confirmed',
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
    {
      ...common,
      seq: 9,
      id: 'al-7e90b1c4',
      change: 'opened',
      status: 'firing',
      level: 'warning',
      segment: compositeSegment,
      segmentTitle: 'AI · Account look-up',
      measure: 'composite',
      at: iso(at('2026-05-24T05:12:00Z')),
      openedAt: iso(at('2026-05-24T05:12:00Z')),
      resolvedAt: null,
      onset: {
        at: iso(accountOnset),
        lower: iso(at('2026-04-28T22:00:00Z')),
        upper: iso(at('2026-05-06T22:00:00Z')),
      },
      effect: null,
      carriers: (['csat', 'repeat_contact', 'nps'] as const).map((measure, i) => ({
        measure,
        part: [0.51, 0.37, 0.12][i] ?? 0,
        effect: { value: 0, lower: 0, upper: 0, n: 0, baseline: null },
      })),
      evidenceDays: 3_900,
      installationDays: 214,
      sentence:
        'Several signals together, after AI-handled account look-ups, have become worse since about 2 May (29 Apr – 7 May): {change}; across everything watched, chance alone gives this at most once in 7 months.',
      owner: 'Head of Digital Service',
      npsConfirmedAt: null,
      alsoIn: [],
      parent: 'al-91b7f3aa',
    },
    {
      ...common,
      seq: 10,
      id: 'al-f3026d58',
      change: 'opened',
      status: 'firing',
      level: 'warning',
      rule: 'returns-stay-resolved',
      segment: 'path:ai|category:returns',
      segmentTitle: 'AI · Returns',
      measure: 'durable_resolution',
      at: iso(at('2026-04-08T22:00:00Z')),
      openedAt: iso(at('2026-04-08T22:00:00Z')),
      resolvedAt: null,
      onset: {
        at: iso(at('2026-04-08T22:00:00Z')),
        lower: iso(at('2026-04-08T22:00:00Z')),
        upper: iso(at('2026-04-08T22:00:00Z')),
      },
      effect: { value: 0.66, lower: 0.65, upper: 0.67, n: 8_000, baseline: null },
      limit: {
        below: 0.68,
        window: '28d',
        authoriser: 'Chief Customer Officer',
        action: 'roll_back',
        runbook: 'https://wiki.example.com/returns/roll-back-of-ai-handling',
      },
      evidenceDays: null,
      installationDays: null,
      sentence:
        'Durable resolution of AI-handled returns over 28 days is {change}, below the limit of 68.0 %, since 9 April; the Chief Customer Officer may authorise a roll-back.',
      owner,
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
  const since = alert.limit ? days.slice(-28) : days.filter((day) => day.start >= at(alert.onset.at));
  const week = weeks.find((w) => w.segment === alert.segment && w.rejects && w.end > alert.openedAt);
  const npsConfirmedAt = week?.end ?? null;
  const known = {
    ...alert,
    npsConfirmedAt,
    at: alert.change === 'nps_confirmed' && npsConfirmedAt !== null ? npsConfirmedAt : alert.at,
  };
  if (alert.measure === 'composite') {
    const carriers = alert.carriers.map((carrier) => ({
      ...carrier,
      effect: effectOf(since, carrier.measure) ?? carrier.effect,
    }));
    const change = carriers.map(
      ({ measure, effect }) => `${titleOf(measure)} ${changeWords(measure, effect)}`,
    );
    return { ...known, carriers, sentence: alert.sentence.replace('{change}', change.join(', ')) };
  }
  const effect = effectOf(since, alert.measure);
  if (effect === undefined) return known;
  if (alert.limit) effect.baseline = null;
  return {
    ...known,
    effect,
    sentence: alert.sentence.replace('{change}', changeWords(alert.measure, effect)),
  };
}

function effectOf(days: readonly DayCounts[], measure: Measure): Effect | undefined {
  const { value, lower, upper, n, baseline } = merge(days, measure);
  return value === null || lower === null || upper === null
    ? undefined
    : { value, lower, upper, n, baseline };
}

function changeWords(measure: Measure, { value, lower, upper, n, baseline }: Effect): string {
  const { unit } = measures[measure];
  const now = `${formatValue(unit, value)} (${formatInterval(unit, lower, upper)}, n ${formatCount(n)})`;
  return baseline === null ? now : `from ${formatValue(unit, baseline)} to ${now}`;
}
