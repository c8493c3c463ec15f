import { normalCdf } from '../stats/normal.ts';
import { type NpsCounts, npsEstimate } from '../stats/nps.ts';

/** Weeks before a week under test that its frozen baseline is taken from. */
export const baselineWeeks = 13;
/** One false rejection a year and series. */
const weeklyAlpha = 1 / 52;
/** Days within which an alert is confirmed or not, and the error allowed over all weekly looks of that time. */
export const confirmation = { withinDays: 120, alpha: 0.05 } as const;
const looks = Math.floor(confirmation.withinDays / 7);

export interface NpsTest {
  baseline: number;
  now: number;
  /** One-sided probability of so low an NPS, were nothing changed; NaN where either side has no answers. */
  p: number;
  rejects: boolean;
}

/** One-sided: is `now` below `baseline`? */
function isLower(baseline: NpsCounts, now: NpsCounts, alpha: number): NpsTest {
  const before = npsEstimate(baseline);
  const after = npsEstimate(now);
  const se = Math.hypot(before.se, after.se);
  const p = se > 0 ? normalCdf((after.value - before.value) / se) : after.value < before.value ? 0 : 1;
  const known = before.n > 0 && after.n > 0;
  return {
    baseline: before.value,
    now: after.value,
    p: known ? p : Number.NaN,
    rejects: known && p < alpha,
  };
}

const total = (weeks: readonly NpsCounts[]): NpsCounts => ({
  promoters: weeks.reduce((sum, week) => sum + week.promoters, 0),
  passives: weeks.reduce((sum, week) => sum + week.passives, 0),
  detractors: weeks.reduce((sum, week) => sum + week.detractors, 0),
});

/**
 * What NPS alone would have said at the end of a week: one-sided, α = 1/52, against the weeks before.
 * `baseline` holds the 13 weeks before the decline that is being dated, and stays the same from week to week.
 */
export const weeklyNpsTest = (baseline: readonly NpsCounts[], week: NpsCounts): NpsTest =>
  isLower(total(baseline), week, weeklyAlpha);

/**
 * Whether NPS confirms an alert: answers from its onset to now against those before, at 5 % over all weekly
 * looks of 120 days (0.3 % a look). Seventeen looks at 1/52 would confirm 28 % of alerts that were false.
 */
export const confirmsAlert = (before: readonly NpsCounts[], sinceOnset: readonly NpsCounts[]): NpsTest =>
  isLower(total(before), total(sinceOnset), confirmation.alpha / looks);

/**
 * Whether a segment's NPS decline is significant after correction over all watched segments (Bonferroni): a
 * miss where no alert came before.
 */
export const isDecline = (baseline: readonly NpsCounts[], week: NpsCounts, segments: number): NpsTest =>
  isLower(total(baseline), week, weeklyAlpha / Math.max(1, segments));
