import type { EvidenceLevel } from '@seamwatch/contracts/measures.ts';
import type { Days } from '@seamwatch/contracts/units.ts';

/** Evidence over threshold at which each level begins; `notice` is one more notice of a critical alert. */
export const levelRatios = { watch: 0.1, warning: 1, critical: 10, notice: 100 } as const;

/**
 * Least likelihood ratio since the onset for any level above quiet. Evidence also grows by the mere passing
 * of days, so that a small fleet with a generous budget would reach its threshold by the calendar; nothing is
 * said on those grounds.
 */
const leastLnRatio = Math.log(20);

/** Level of `installationDays` against the fleet's threshold; `lnRatio` is that of the strongest excursion. */
export function levelOf(installationDays: Days, threshold: Days, lnRatio: number): EvidenceLevel {
  if (lnRatio < leastLnRatio) return 'quiet';
  const ratio = installationDays / threshold;
  if (ratio >= levelRatios.critical) return 'critical';
  if (ratio >= levelRatios.warning) return 'warning';
  return ratio >= levelRatios.watch ? 'watch' : 'quiet';
}

/** Whether the baseline of a series at this level must not learn. */
export const freezesBaseline = (level: EvidenceLevel): boolean => level !== 'quiet';
