import { type Family, families } from '@seamwatch/contracts/measures.ts';
import type { Days } from '@seamwatch/contracts/units.ts';
import type { Information } from './estimates.ts';
import { Evidence } from './evidence.ts';
import { type Direction, Observations } from './observations.ts';
import { oddsGrid } from './odds.ts';

/**
 * What a decline of the whole service does to each family, in log odds at severity 1: escalation 10 → 13 %,
 * repeat contact 15 → 18 %, dissatisfied answers 20 → 23 %, NPS − 5.
 */
const severityOne: Readonly<Record<Family, number>> = {
  escalation_rate: 0.3,
  seam_abandonment: 0.25,
  repeat_contact: 0.22,
  csat: 0.18,
  ces: 0.18,
  nps: 0.15,
};
const severities = [0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.2, 3];

/** Odds ratios of each severity profile, per family. */
export const severityProfiles: Readonly<Record<Family, readonly number[]>> = Object.fromEntries(
  families.map((family) => [family, severities.map((severity) => Math.exp(severity * severityOne[family]))]),
) as Record<Family, number[]>;

/**
 * Evidence of one segment from several signals at once, by the chain rule: the likelihood of an interaction's
 * outcomes is that of the first, times that of the second given the first, and so on. One component per
 * severity profile; a profile multiplies the likelihood ratios of all families.
 *
 * Only for counts whose baseline is conditional on the outcomes of the same interaction that were known
 * before (`earlier` of `stratumKey`). A product of unconditional evidence is not valid: dependence makes it
 * alarm far more often than promised. Families that are not so conditioned go into `meanEvidence` alone.
 */
export class Fusion {
  readonly direction: Direction;
  readonly evidence = new Evidence(oddsGrid(severities));
  readonly #families: ReadonlyMap<Family, Signal>;
  readonly #total: Observations;

  constructor(direction: Direction = 'worse') {
    this.direction = direction;
    this.#total = new Observations(this.evidence.grid, direction);
    const signal = (family: Family): Signal => ({
      observations: new Observations(oddsGrid(severityProfiles[family]), direction),
      information: { phi: 1, spread: 1 },
    });
    this.#families = new Map(families.map((family) => [family, signal(family)]));
  }

  /** As `SeriesDetector.configure`, for one family. */
  configure(family: Family, { phi, spread, guard }: Information & { guard: number }): void {
    const of = this.#family(family);
    of.information = { phi, spread };
    of.observations.shift = Math.exp(this.direction === 'worse' ? guard : -guard);
  }

  addCounts(family: Family, k: number, n: number, p0: number): void {
    const { observations, information } = this.#family(family);
    observations.addCounts(k, n, p0, information.phi);
  }

  addScores(family: Family, counts: ArrayLike<number>, first: number, size: number, m0: number): void {
    const { observations, information } = this.#family(family);
    observations.addScores(counts, first, size, m0, information.spread, information.phi);
  }

  /** Ends a minute, as `SeriesDetector.step`. */
  step(at: Days, inflow: Days): void {
    const total = this.#total;
    total.clear();
    for (const { observations } of this.#families.values()) {
      if (observations.n === 0) continue;
      total.add(observations);
      observations.clear();
    }
    if (total.n > 0) this.evidence.step(at, inflow, total);
  }

  get time(): Days {
    return this.evidence.time;
  }

  installationDays(): Days {
    return this.evidence.days();
  }

  reset(): void {
    const { time } = this.evidence;
    this.evidence.reset();
    this.evidence.state[0] = time;
  }

  encode(): Uint8Array {
    return this.evidence.encode();
  }

  decode(bytes: Uint8Array): this {
    this.evidence.decode(bytes);
    return this;
  }

  #family(family: Family): Signal {
    return this.#families.get(family)!;
  }
}

interface Signal {
  observations: Observations;
  information: Information;
}

/** Mean of evidence of the same clock: valid whatever the dependence. 0 of nothing. */
export const meanEvidence = (days: readonly Days[]): Days =>
  days.length === 0 ? 0 : days.reduce((sum, each) => sum + each / days.length, 0);

/**
 * Evidence that the segment as a whole declines: half on the fusion, half on the mean of its families, so
 * that one family moving alone is not lost. All on the same clock, that is with the same inflow.
 */
export const compositeEvidence = (fusion: Days | null, families: readonly Days[]): Days =>
  fusion === null ? meanEvidence(families) : meanEvidence([fusion, meanEvidence(families)]);

/** A signal's part in the composite: its log likelihood ratio since its own onset over that of all signals. */
export interface Carrier {
  family: Family;
  part: number;
}

/** Signals that speak for a change, the strongest first. */
export function carriers(signals: Iterable<readonly [Family, Evidence]>): Carrier[] {
  const strengths = [...signals].map(([family, evidence]) => ({ family, ln: evidence.leader().lnRatio }));
  const total = strengths.reduce((sum, { ln }) => sum + ln, 0);
  return strengths
    .filter(({ ln }) => ln > 0)
    .map(({ family, ln }) => ({ family, part: ln / total }))
    .sort((a, b) => b.part - a.part || (a.family < b.family ? -1 : 1));
}
