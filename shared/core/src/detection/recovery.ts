import type { Days } from '@seamwatch/contracts/units.ts';
import { Evidence } from './evidence.ts';
import { type Direction, Observations } from './observations.ts';
import { type OddsGrid, oddsGrid } from './odds.ts';

/**
 * The null keeps at least this part of the effect (in log odds), so that recovery can be known in finite
 * time.
 */
const leastPart = 1 / 3;

/** Alternatives as powers of the null: the baseline itself is 1. */
const powers = [0.75, 1, 1.5, 2.5];

/**
 * The reverse detector of an open alert. Its null: at least the effect's lower bound at the alarm still
 * stands. Its alternatives: back to the baseline, nearly, or beyond it. Evidence of `clearAfterDays` resolves
 * the alert, so a standing decline is resolved by chance at most once in so many days. Its clock is in plain
 * days.
 */
export class Recovery {
  readonly observations: Observations;
  readonly evidence: Evidence;
  /** Odds ratio of the null against the baseline, above 1 in the direction of the alert. */
  readonly nullRatio: number;

  constructor(direction: Direction, nullRatio: number) {
    this.nullRatio = nullRatio;
    const grid = reverseGrid(nullRatio);
    this.observations = new Observations(grid, direction === 'worse' ? 'better' : 'worse');
    this.evidence = new Evidence(grid);
    this.guard(1);
  }

  /**
   * Odds ratio between what the alert's effect is measured from and the baseline: 1, or the guard of a thin
   * baseline.
   */
  guard(shift: number): void {
    this.observations.shift =
      this.observations.direction === 'better' ? shift * this.nullRatio : shift / this.nullRatio;
  }

  /**
   * For an alert whose effect has odds ratio `value`, at least `lower`; both above 1 in the direction of the
   * alert.
   */
  static ofEffect(direction: Direction, value: number, lower: number): Recovery {
    return new Recovery(direction, Math.max(lower, value ** leastPart, 1.01));
  }

  /** Evidence for recovery, in days. */
  days(): Days {
    return this.evidence.days();
  }
}

const reverseGrid = (nullRatio: number): OddsGrid => oddsGrid(powers.map((power) => nullRatio ** power));
