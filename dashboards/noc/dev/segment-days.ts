import { type Measure, type MeasureUnit, measures, type Path } from '@seamwatch/contracts/measures.ts';
import type { DayRecord, Segment, WeekRecord } from '@seamwatch/contracts/records.ts';
import { chance, seedOf } from './chance.ts';

const dayMs = 86_400_000;

/** How a made-up segment behaves. */
export interface Behaviour {
  /** Interactions a day. */
  volume: number;
  /** Start of a decline in ms, and how strong it is at its height (0: none). */
  declineFrom?: number;
  severity?: number;
  /** Answers a day are this share of the volume. */
  response: number;
}

export interface DayCounts {
  start: number;
  /** Per measure: sum and n, so that days merge into windows. */
  sums: Partial<Record<Measure, { sum: number; n: number; baseline: number; spread: number }>>;
}

interface Base {
  repeat_contact: number;
  escalation_rate: number;
  seam_abandonment: number;
  csat: number;
  nps: number;
  claimed: number;
  waitMs: number;
}

const bases: Record<Path, Base> = {
  ai: {
    repeat_contact: 0.151,
    escalation_rate: 0.124,
    seam_abandonment: 0,
    csat: 4.21,
    nps: 31,
    claimed: 0.862,
    waitMs: 0,
  },
  seam: {
    repeat_contact: 0.196,
    escalation_rate: 1,
    seam_abandonment: 0.061,
    csat: 3.87,
    nps: 14,
    claimed: 0.741,
    waitMs: 95_000,
  },
  human: {
    repeat_contact: 0.118,
    escalation_rate: 0,
    seam_abandonment: 0,
    csat: 4.36,
    nps: 38,
    claimed: 0.803,
    waitMs: 0,
  },
};

/** Days of one segment up to `until` (ms), oldest first: counts drawn from its behaviour. */
export function segmentCounts(
  segment: Segment,
  behaviour: Behaviour,
  from: number,
  until: number,
): DayCounts[] {
  const random = chance(seedOf(segment.id));
  const base = bases[segment.path ?? 'ai'];
  const shift = random.normal() * 0.06;
  const days: DayCounts[] = [];
  for (let start = from; start < until; start += dayMs) {
    const weekend = [0, 6].includes(new Date(start).getUTCDay());
    const volume = Math.max(
      0,
      Math.round(behaviour.volume * (weekend ? 0.72 : 1.08) * (1 + 0.04 * random.normal())),
    );
    const answers = random.binomial(volume, behaviour.response);
    const from = behaviour.declineFrom ?? Number.POSITIVE_INFINITY;
    const ramp = Math.min(1, Math.max(0, (start - from) / (70 * dayMs)));
    const strength = (behaviour.severity ?? 0) * (start >= from ? 0.45 + 0.55 * ramp : 0);
    const slow = (behaviour.severity ?? 0) * ramp ** 2;
    const sums: DayCounts['sums'] = {
      volume: { sum: volume, n: volume, baseline: behaviour.volume, spread: 0 },
    };
    const share = (measure: Measure, p: number, effect: number, n: number) => {
      const baseline = Math.min(0.98, p * (1 + shift));
      const k = random.binomial(n, Math.min(0.99, baseline + effect));
      sums[measure] = { sum: k, n, baseline, spread: Math.sqrt(baseline * (1 - baseline)) };
    };
    share('repeat_contact', base.repeat_contact, 0.036 * strength, volume);
    if (segment.path !== 'human') {
      const atRisk = segment.path === 'seam' ? volume : Math.round(volume * 0.124);
      if (segment.path === undefined) {
        share('escalation_rate', base.escalation_rate, 0.02 * strength, volume);
        const { sum = 0, n = 0, baseline = 0, spread = 0 } = sums.escalation_rate ?? {};
        sums.containment = { sum: n - sum, n, baseline: 1 - baseline, spread };
      }
      if (segment.path === 'seam') share('seam_abandonment', base.seam_abandonment, 0.03 * strength, atRisk);
    }
    share('claimed_resolution', base.claimed, 0.006 * strength, volume);
    share('durable_resolution', base.claimed - base.repeat_contact * 0.9, -0.05 * strength, volume);
    const score = (measure: Measure, mean: number, effect: number, sd: number) => {
      const baseline = mean - shift * (measure === 'nps' ? 30 : 1);
      const value = baseline + effect + (answers > 0 ? (sd / Math.sqrt(answers)) * random.normal() : 0);
      sums[measure] = { sum: value * answers, n: answers, baseline, spread: sd };
    };
    score('csat', base.csat, -0.16 * strength, 0.95);
    score('nps', base.nps, -11 * slow, 78);
    if (segment.path === 'seam') {
      const wait = base.waitMs * (1 + 0.5 * strength) * (1 + 0.08 * random.normal());
      sums.seam_wait_p50 = { sum: wait, n: volume, baseline: base.waitMs, spread: 0 };
      sums.seam_wait_p90 = { sum: wait * 3.4, n: volume, baseline: base.waitMs * 3.4, spread: 0 };
    }
    days.push({ start, sums });
  }
  return days;
}

export interface Merged {
  value: number | null;
  lower: number | null;
  upper: number | null;
  n: number;
  baseline: number | null;
}

export function merge(days: readonly DayCounts[], measure: Measure): Merged {
  let sum = 0;
  let n = 0;
  let baseline = 0;
  let spread = 0;
  for (const day of days) {
    const counts = day.sums[measure];
    if (!counts) continue;
    // Medians do not add up; here they are weighted, which is good enough for pictures.
    sum += measure.startsWith('seam_wait') ? counts.sum * counts.n : counts.sum;
    n += counts.n;
    baseline = counts.baseline;
    spread = counts.spread;
  }
  if (measure === 'volume') return { value: sum, lower: null, upper: null, n: sum, baseline: null };
  if (n === 0) return { value: null, lower: null, upper: null, n: 0, baseline: null };
  const half = (1.96 * spread) / Math.sqrt(n);
  const value = sum / n;
  const [least, most] = limits[measures[measure].unit] ?? [0, Number.POSITIVE_INFINITY];
  const interval =
    spread === 0
      ? { lower: null, upper: null }
      : { lower: Math.max(least, value - half), upper: Math.min(most, value + half) };
  return { value, ...interval, n, baseline };
}

const limits: Partial<Record<MeasureUnit, [number, number]>> = {
  share: [0, 1],
  score: [1, 5],
  nps: [-100, 100],
};

export function dayRecords(segment: Segment, days: readonly DayCounts[]): DayRecord[] {
  return days.map((day) => ({
    kind: 'day',
    segment: segment.id,
    day: new Date(day.start + dayMs / 2).toISOString().slice(0, 10),
    start: new Date(day.start).toISOString(),
    points: (Object.keys(day.sums) as Measure[]).map((measure) => ({ measure, ...merge([day], measure) })),
    evidence: [],
  }));
}

/** Weekly NPS, Monday to Sunday, tested against the frozen 13 weeks before `frozenAt` (ms). */
export function weekRecords(segment: Segment, days: readonly DayCounts[], frozenAt: number): WeekRecord[] {
  const weeks = Map.groupBy(days, (day) => mondayOf(day.start));
  const reference = days.filter((day) => day.start < frozenAt && day.start >= frozenAt - 91 * dayMs);
  const baseline = merge(reference, 'nps').value;
  return [...weeks]
    .filter(([, list]) => list.length === 7)
    .map(([monday, list]) => {
      const { value, lower, upper, n } = merge(list, 'nps');
      const tested = value !== null && baseline !== null && monday >= frozenAt;
      const z = tested ? (value - baseline) / (78 / Math.sqrt(n)) : null;
      return {
        kind: 'week' as const,
        segment: segment.id,
        week: isoWeek(monday),
        start: new Date(monday).toISOString(),
        end: new Date(monday + 7 * dayMs).toISOString(),
        nps: value,
        lower,
        upper,
        n,
        baseline: tested ? baseline : null,
        z,
        rejects: z !== null && z < -2.07,
      };
    });
}

const mondayOf = (start: number) => start - ((new Date(start + dayMs / 2).getUTCDay() + 6) % 7) * dayMs;

function isoWeek(monday: number): string {
  const thursday = new Date(monday + 3.5 * dayMs);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - first) / (7 * dayMs)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}
