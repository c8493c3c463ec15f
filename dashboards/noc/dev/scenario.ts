import { handoffCauses } from '@seamwatch/contracts/events.ts';
import type { HelloFrame, SnapshotFrame, StatusFrame } from '@seamwatch/contracts/frames.ts';
import {
  type EvidencePoint,
  type Measure,
  paths,
  type RatePoint,
  signals,
  type Tier,
  tiers,
  windows,
} from '@seamwatch/contracts/measures.ts';
import type {
  AlertRecord,
  DayRecord,
  RatesRecord,
  Segment,
  WeekRecord,
} from '@seamwatch/contracts/records.ts';
import {
  accountOnset,
  at,
  compositeSegment,
  declineAlerts,
  fromCounts,
  iso,
  onset,
  seamOnset,
} from './scenario-alerts.ts';
import { statusOf } from './scenario-status.ts';
import {
  type Behaviour,
  type DayCounts,
  dayRecords,
  merge,
  segmentCounts,
  weekRecords,
} from './segment-days.ts';

/** Everything that the page can ask of a server, at one moment. */
export interface Scenario {
  hello: HelloFrame;
  snapshot: SnapshotFrame;
  status: StatusFrame;
  days: Map<string, { days: DayRecord[]; weeks: WeekRecord[] }>;
}

export interface ScenarioOptions {
  simulated?: boolean;
  /** Whether the decline that is planted in spring has happened. */
  decline?: boolean;
  /** More segments, by market. */
  markets?: number;
  /** Factor on all volumes; small ones leave much without enough data. */
  volume?: number;
  longTexts?: boolean;
}

const dayMs = 86_400_000;
export const scenarioAsOf = at('2026-05-28T12:05:00.000Z');
const firstDay = at('2025-10-12T23:00:00.000Z');
const today = at('2026-05-27T23:00:00.000Z');
const minimumN = 20;

const categories = ['status', 'returns', 'account', 'faq', 'billing', 'dispute', 'retention', 'complaint'];
const categoryTitles: Record<string, string> = {
  status: 'Order status',
  returns: 'Returns',
  account: 'Account look-up',
  faq: 'FAQ',
  billing: 'Billing',
  dispute: 'Disputes',
  retention: 'Retention',
  complaint: 'Complaints',
};
const pathTitles = { ai: 'AI', seam: 'Seam', human: 'Human' } as const;
const volumes: Record<Tier, Record<(typeof paths)[number], number>> = {
  1: { ai: 1_420, seam: 231, human: 196 },
  2: { ai: 9, seam: 118, human: 342 },
};

/** A made-up contact centre on 28 May 2026; with a decline of AI-handled tier 1 since early March, seen on 12 March. */
export function scenario(options: ScenarioOptions = {}): Scenario {
  const { decline = true, simulated = true, volume = 1 } = options;
  const segments = makeSegments(options.markets ?? 0);
  if (options.longTexts)
    for (const s of segments)
      s.title = `${s.title} · Aufenthaltsgenehmigungsverlängerung und Rückerstattungsangelegenheiten`;
  let alerts = decline ? declineAlerts(options.longTexts ?? false) : [];
  const days: Scenario['days'] = new Map();
  const rates: RatesRecord[] = [];
  const weeks: WeekRecord[] = [];
  const counted = new Map<string, DayCounts[]>();
  for (const segment of segments) {
    const behaviour = behaviourOf(segment, decline, volume);
    const counts = volume === 0 ? [] : segmentCounts(segment, behaviour, firstDay, today + dayMs);
    counted.set(segment.id, counts);
    const past = counts.slice(0, -1);
    const own = { days: dayRecords(segment, past), weeks: weekRecords(segment, past, onset) };
    days.set(segment.id, own);
    weeks.push(...own.weeks);
    if (volume > 0) rates.push(ratesOf(segment, counts, alerts));
  }
  alerts = alerts.map((alert) => fromCounts(alert, weeks, counted.get(alert.segment) ?? []));
  const asOf = volume === 0 ? null : iso(scenarioAsOf);
  return {
    hello: {
      type: 'hello',
      now: iso(scenarioAsOf + 35_000),
      asOf,
      simulated,
      minimumN,
      timeZone: 'Europe/Berlin',
      firstSeq: alerts.length > 0 ? 1 : 0,
      lastSeq: Math.max(0, ...alerts.map((a) => a.seq)),
    },
    snapshot: { type: 'snapshot', asOf, segments, rates, weeks, alerts },
    status: statusOf(asOf, scenarioAsOf),
    days,
  };
}

function makeSegments(markets: number): Segment[] {
  const list: Segment[] = tiers.map((tier) => ({
    id: `tier:${tier}`,
    title: `Tier ${tier}`,
    where: { tier: [tier] },
    tier,
  }));
  for (const path of paths)
    list.push({ id: `path:${path}`, title: pathTitles[path], where: { path: [path] }, path });
  for (const tier of tiers)
    for (const path of paths)
      list.push({
        id: `tier:${tier}|path:${path}`,
        title: `Tier ${tier} · ${pathTitles[path]}`,
        where: { tier: [tier], path: [path] },
        tier,
        path,
      });
  const names = ['DE', 'FR', 'GB', 'IT', 'ES', 'NL', 'SE'].slice(0, markets);
  for (const path of paths)
    for (const category of categories) {
      const title = `${pathTitles[path]} · ${categoryTitles[category]}`;
      list.push({
        id: `path:${path}|category:${category}`,
        title,
        where: { path: [path], category: [category] },
        path,
        category,
      });
      for (const market of names)
        list.push({
          id: `path:${path}|category:${category}|market:${market}`,
          title: `${title} · ${market}`,
          where: { path: [path], category: [category], market: [market] },
          path,
          category,
          market,
        });
    }
  return list;
}

function behaviourOf(segment: Segment, decline: boolean, factor: number): Behaviour {
  const { tier, path, category, market } = segment;
  const total = (ts: readonly Tier[], ps: readonly (typeof paths)[number][]) =>
    ts.reduce((n, t) => n + ps.reduce((m, p) => m + volumes[t][p], 0), 0);
  let volume = total(tier ? [tier] : tiers, path ? [path] : paths);
  if (category)
    volume *= [0.31, 0.2, 0.15, 0.12, 0.09, 0.06, 0.04, 0.03][categories.indexOf(category)] ?? 0.1;
  if (market) volume *= 0.14;
  const behaviour: Behaviour = { volume: volume * factor, response: 0.07 };
  if (!decline) return behaviour;
  const inDecline =
    (tier === '1' && path === 'ai') || (path === 'ai' && (category === 'returns' || category === undefined));
  if (inDecline) return { ...behaviour, declineFrom: onset, severity: category === 'returns' ? 1.6 : 1 };
  if (tier === '1' && path === undefined) return { ...behaviour, declineFrom: onset, severity: 0.7 };
  if (segment.id === compositeSegment) return { ...behaviour, declineFrom: accountOnset, severity: 1.3 };
  if (path === 'seam' && tier === '2') return { ...behaviour, declineFrom: seamOnset, severity: 1.5 };
  return behaviour;
}

const watched = new Set([
  'tier:1|path:ai/nps',
  'path:ai|category:returns/repeat_contact',
  'path:ai/repeat_contact',
  'tier:1|path:ai/composite',
  'path:ai|category:returns/composite',
]);
const watchedCarriers = [
  { measure: 'repeat_contact' as const, part: 0.64 },
  { measure: 'csat' as const, part: 0.36 },
];
const windowDays = { '1h': 1, '24h': 1, '7d': 7, '28d': 28 } as const;

function ratesOf(segment: Segment, days: readonly DayCounts[], alerts: readonly AlertRecord[]): RatesRecord {
  const points: RatePoint[] = [];
  const names = new Set(days.flatMap((day) => Object.keys(day.sums) as Measure[]));
  for (const window of windows) {
    for (const measure of names) {
      const point = merge(days.slice(-windowDays[window]), measure);
      if (window === '1h') {
        point.n = Math.round(point.n / 20);
        if (measure === 'volume') point.value = point.n;
        if (point.value !== null && point.lower !== null && point.upper !== null) {
          const half = ((point.upper - point.lower) / 2) * Math.sqrt(20);
          point.lower = point.value - half;
          point.upper = point.value + half;
        }
      }
      const enough = point.n >= minimumN || measure === 'volume';
      const state = point.n === 0 ? 'no_data' : enough ? 'ok' : 'not_enough_data';
      points.push({ measure, window, ...point, state, ...(state === 'no_data' && { value: null }) });
      if (
        measure === 'escalation_rate' &&
        point.value !== null &&
        point.lower !== null &&
        point.upper !== null
      ) {
        const escalated = point.value * point.n;
        const shares = [0.41, 0.17, 0.22, 0.09, 0.07, 0.04];
        const parts = Object.fromEntries(
          handoffCauses.map((cause, i) => [cause, Math.round(escalated * (shares[i] ?? 0))]),
        );
        Object.assign(points.at(-1) ?? {}, { parts });
      }
    }
  }
  return {
    kind: 'rates',
    segment: segment.id,
    asOf: iso(scenarioAsOf),
    provisional: false,
    points,
    evidence: evidenceOf(segment, points, alerts),
  };
}

function evidenceOf(
  segment: Segment,
  points: readonly RatePoint[],
  alerts: readonly AlertRecord[],
): EvidencePoint[] {
  return signals
    .filter((measure) => measure === 'composite' || points.some((p) => p.measure === measure && p.n > 0))
    .map((measure) => {
      const open = alerts.find(
        (a) => a.segment === segment.id && a.measure === measure && a.status !== 'resolved',
      );
      const watch = open === undefined && alerts.length > 0 && watched.has(`${segment.id}/${measure}`);
      const carriers = open?.carriers.map(({ measure, part }) => ({ measure, part })) ?? watchedCarriers;
      return {
        measure,
        direction: 'worse' as const,
        days: open?.evidenceDays ?? (watch ? 900 : 2),
        installationDays: open?.installationDays ?? (watch ? 40 : 0.1),
        level: open ? open.level : watch ? 'watch' : 'quiet',
        learning: segment.id === 'tier:1|path:human' && measure === 'nps',
        onset: open ? open.onset.at : null,
        ...(measure === 'composite' && (open || watch) && { carriers }),
      };
    });
}
