import { z } from 'zod';

export const paths = ['ai', 'seam', 'human'] as const;
export type Path = (typeof paths)[number];
export const tiers = ['1', '2'] as const;
export type Tier = (typeof tiers)[number];

export const windows = ['1h', '24h', '7d', '28d'] as const;
export type Window = (typeof windows)[number];
export const windowMinutes = { '1h': 60, '24h': 1_440, '7d': 10_080, '28d': 40_320 } as const;

export type MeasureUnit = 'count' | 'share' | 'score' | 'nps' | 'ms';

/** Every measure that is shown: its unit, its name for people, and which direction is worse (none: neither). */
export const measures = {
  volume: { unit: 'count', title: 'Volume', worse: undefined },
  escalation_rate: { unit: 'share', title: 'Escalation rate', worse: 'up' },
  containment: { unit: 'share', title: 'Containment', worse: undefined },
  handoff_loops: { unit: 'share', title: 'Handoff loops', worse: 'up' },
  seam_abandonment: { unit: 'share', title: 'Seam abandonment', worse: 'up' },
  seam_wait_p50: { unit: 'ms', title: 'Seam wait, median', worse: 'up' },
  seam_wait_p90: { unit: 'ms', title: 'Seam wait, 90th percentile', worse: 'up' },
  seam_wait_p99: { unit: 'ms', title: 'Seam wait, 99th percentile', worse: 'up' },
  repeat_contact: { unit: 'share', title: '7-day repeat contact', worse: 'up' },
  same_matter_repeat: { unit: 'share', title: 'Same-matter share of repeats', worse: 'up' },
  csat: { unit: 'score', title: 'CSAT', worse: 'down' },
  csat_top2: { unit: 'share', title: 'CSAT, share of 4 and 5', worse: 'down' },
  ces: { unit: 'score', title: 'Customer effort score', worse: 'down' },
  nps: { unit: 'nps', title: 'NPS', worse: 'down' },
  claimed_resolution: { unit: 'share', title: 'Claimed resolution', worse: undefined },
  durable_resolution: { unit: 'share', title: 'Durable resolution', worse: 'down' },
  resolution_gap: { unit: 'share', title: 'Resolution gap', worse: 'up' },
  response_rate: { unit: 'share', title: 'Survey response rate', worse: undefined },
  boundary_breach: { unit: 'share', title: 'Boundary breach', worse: 'up' },
} as const satisfies Record<string, { unit: MeasureUnit; title: string; worse: 'up' | 'down' | undefined }>;

export type Measure = keyof typeof measures;
export const measureNames = Object.keys(measures) as Measure[];

/** What an alert can be about: a measure, or `composite`, several of them together. */
export type AlertMeasure = Measure | 'composite';
export const alertMeasures: [AlertMeasure, ...AlertMeasure[]] = ['composite', ...measureNames];
export const titleOf = (measure: AlertMeasure): string =>
  measure === 'composite' ? 'Several signals together' : measures[measure].title;

/** Families of evidence: what a detector runs on. */
export const families = [
  'escalation_rate',
  'seam_abandonment',
  'repeat_contact',
  'csat',
  'ces',
  'nps',
] as const satisfies readonly Measure[];
export type Family = (typeof families)[number];

/** What evidence is kept on: every family, and all families of a segment together. */
export const signals = [...families, 'composite'] as const;
export type Signal = (typeof signals)[number];

export const rateStates = ['ok', 'learning', 'not_enough_data', 'stale', 'no_data'] as const;
export type RateState = (typeof rateStates)[number];
export const evidenceLevels = ['quiet', 'watch', 'warning', 'critical'] as const;
export type EvidenceLevel = (typeof evidenceLevels)[number];

export const measureSchema = z.enum(measureNames as [Measure, ...Measure[]]);
export const windowSchema = z.enum(windows);

/** One measure in one window, with what makes it honest: n, interval, state. Shares are 0 to 1. */
export const ratePointSchema = z.object({
  measure: measureSchema,
  window: windowSchema,
  value: z.number().nullable(),
  /** 95 % interval; null where there is none. */
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  n: z.int(),
  /** Expected value from the quiet past at this case mix; absent where nothing is learned. */
  baseline: z.number().nullable().optional(),
  state: z.enum(rateStates),
  /** True where a late event has corrected a bucket of this window. */
  revised: z.boolean().optional(),
  /** Counts behind the value: causes of handoffs, or at-risk and events by age in days (`at_risk_0`, `repeats_0`). */
  parts: z.record(z.string(), z.number()).optional(),
});
export type RatePoint = z.infer<typeof ratePointSchema>;

/** A family's part in the evidence of a composite, 0 to 1. */
export const carrierSchema = z.object({ measure: z.enum(families), part: z.number() });

export const evidencePointSchema = z.object({
  measure: z.enum(signals),
  direction: z.enum(['worse', 'better']),
  /** Evidence of this one series, in days. */
  days: z.number(),
  /** "Across everything watched, chance alone gives this at most once in … days". */
  installationDays: z.number(),
  level: z.enum(evidenceLevels),
  learning: z.boolean(),
  onset: z.iso.datetime().nullable(),
  /** Of a composite above quiet: the families that carry it, the strongest first. */
  carriers: z.array(carrierSchema).optional(),
});
export type EvidencePoint = z.infer<typeof evidencePointSchema>;
