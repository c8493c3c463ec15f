import { handoffCauses, type Instrument } from '@seamwatch/contracts/events.ts';
import { sketchBins } from '../stats/quantile-sketch.ts';

/** Most tier rules that "boundary breach by rule" tells apart; later ones count under the last. */
export const breachRules = 16;
/** Survey answers are followed for this many days after the sending. */
export const surveyAges = 7;

const histogramSizes = { csat: 5, ces: 7, nps: 11 } as const satisfies Record<Instrument, number>;

/**
 * Numbers of the counters of a cell. Every counter is a whole number that is only ever added to, so that sums merge in any
 * order and a window is a difference. The layout depends on the policy's repeat window alone.
 */
export class CounterLayout {
  /** Days in the repeat window. */
  readonly ages: number;
  readonly size: number;

  readonly closed = 0;
  readonly aiStarted = 1;
  readonly escalated = 2;
  /** One for each of `handoffCauses`. */
  readonly escalatedBy = 3;
  readonly loops = this.escalatedBy + handoffCauses.length;
  readonly seamAbandoned = this.loops + 1;
  readonly claimedResolved = this.loops + 2;
  readonly claimedKnown = this.loops + 3;
  readonly aiHandled = this.loops + 4;
  readonly breaches = this.loops + 5;
  readonly breachBy = this.loops + 6;
  /** Handoffs told live by `handed_off` events; provisional, in no rate. */
  readonly handoffsLive = this.breachBy + breachRules;
  readonly csat = this.handoffsLive + 1;
  readonly ces = this.csat + histogramSizes.csat;
  readonly nps = this.ces + histogramSizes.ces;

  /**
   * Cohort counters: dated at the close (or sending) that they belong to. Stage B turns them into trials once an age
   * bucket is complete. For each cohort: how many entered, then how many came back (or answered) at age 0, 1, …
   */
  readonly cohortBase = this.nps + histogramSizes.nps;
  readonly cohorts: Readonly<Record<Cohort, CohortLayout>>;
  /** First counter after the cohort counters. */
  readonly trialBase: number;
  /** Seam wait sketch, one counter a bin. */
  readonly wait: number;

  constructor(ages: number) {
    this.ages = ages;
    let next: number = this.cohortBase;
    const cohortOf = (n: number) => {
      const entered = next;
      next += 1 + n;
      return { ages: n, entered, events: entered + 1 };
    };
    const all = cohortOf(ages);
    const resolved = cohortOf(ages);
    const sameMatter = cohortOf(ages);
    const surveys = cohortOf(surveyAges);
    this.trialBase = next;
    const withTrials = (c: ReturnType<typeof cohortOf>): CohortLayout => {
      const atRisk = next;
      next += 2 * c.ages;
      return { ...c, atRisk, failed: atRisk + c.ages };
    };
    this.cohorts = {
      all: withTrials(all),
      resolved: withTrials(resolved),
      sameMatter: withTrials(sameMatter),
      surveys: withTrials(surveys),
    };
    this.wait = next;
    this.size = next + sketchBins;
  }

  /** First counter and number of values of an instrument's histogram, lowest score first. */
  histogram(instrument: Instrument): { first: number; size: number } {
    return { first: this[instrument], size: histogramSizes[instrument] };
  }

  isCohort(counter: number): boolean {
    return counter >= this.cohortBase && counter < this.trialBase;
  }
}

/**
 * `all`: identified interactions; `resolved`: those claimed resolved; `sameMatter`: as `all`, events being same-matter
 * repeats; `surveys`: surveys sent.
 */
export type Cohort = 'all' | 'resolved' | 'sameMatter' | 'surveys';
export const cohortNames = ['all', 'resolved', 'sameMatter', 'surveys'] as const satisfies readonly Cohort[];

export interface CohortLayout {
  ages: number;
  /** Counter of those who entered, then of events at age 0 … ages − 1, dated at entry. */
  entered: number;
  events: number;
  /** Counters of completed trials at age 0 … ages − 1, dated at the completion of the age bucket. */
  atRisk: number;
  failed: number;
}
