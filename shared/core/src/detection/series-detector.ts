import type { EvidenceLevel } from '@seamwatch/contracts/measures.ts';
import type { Days } from '@seamwatch/contracts/units.ts';
import { ByteReader, ByteWriter } from '../bytes/bytes.ts';
import { type Effect, estimateEffect, estimateOnset, type Information, type Onset } from './estimates.ts';
import { Evidence } from './evidence.ts';
import { levelOf } from './levels.ts';
import { type Direction, Observations } from './observations.ts';
import { type OddsGrid, standardGrid } from './odds.ts';
import { Recovery } from './recovery.ts';

/**
 * The detector of one series (segment × measure) and direction: evidence, and while an alert is open the
 * evidence for its end.
 *
 * Once a day, for each family: `learnBaseline(history, …)`; for each of its series `seriesBaseline(…)` →
 * `configure`. Once per closed minute in which the series saw something, and for each of its strata that did:
 *
 *   p0 = baseline.probability(logitOfStratum, hourOfWeek)      logit cached, `baseline.logit(stratumKey(…))`
 *   detector.addCounts(k, n, p0)   or   detector.addScores(row, layout.first, layout.size, p0)
 *
 * then `detector.step(minuteStart, fleet.inflow(series, minuteStart − detector.time))`, and
 * `level(fleet.threshold)`. A minute without observations needs no call: evidence waits, and the time is made
 * up for at the next step. At the alarm `watchRecovery()`; resolved when `recoveryDays()` reaches the
 * policy's `clearAfterDays`: `reset()`.
 */
export class SeriesDetector {
  readonly direction: Direction;
  readonly evidence: Evidence;
  readonly #observations: Observations;
  #information: Information = { phi: 1, spread: 1 };
  #recovery: Recovery | undefined;

  constructor(direction: Direction = 'worse', grid: OddsGrid = standardGrid) {
    this.direction = direction;
    this.evidence = new Evidence(grid);
    this.#observations = new Observations(grid, direction);
  }

  /**
   * What the baseline knows about this series. φ tempers the evidence, `spread` sharpens bets on scores, and
   * `guard` (in log odds, ≥ 0) puts a thin baseline on the cautious side.
   */
  configure(information: Information & { guard: number }): void {
    const { phi, spread, guard } = information;
    this.#information = { phi, spread };
    this.#observations.shift = Math.exp(this.direction === 'worse' ? guard : -guard);
    this.#recovery?.guard(this.#observations.shift);
  }

  /** k events in n trials of one stratum whose baseline is p₀. */
  addCounts(k: number, n: number, p0: number): void {
    this.#observations.addCounts(k, n, p0, this.#information.phi);
    this.#recovery?.observations.addCounts(k, n, p0, this.#information.phi);
  }

  /** A histogram of answers of one stratum, lowest score first, whose baseline dissatisfaction is m₀. */
  addScores(counts: ArrayLike<number>, first: number, size: number, m0: number): void {
    const { phi, spread } = this.#information;
    this.#observations.addScores(counts, first, size, m0, spread, phi);
    this.#recovery?.observations.addScores(counts, first, size, m0, spread, phi);
  }

  /**
   * Ends the minute that began at `at` (days of event time). `inflow`: installation days since the last step,
   * from `Fleet`. Without observations since the last step it does nothing.
   */
  step(at: Days, inflow: Days): void {
    if (this.#observations.n === 0) return;
    if (this.#recovery) {
      const { evidence, observations } = this.#recovery;
      const elapsed = at - (evidence.time || this.evidence.time);
      evidence.step(at, Math.min(1, Math.max(0, elapsed)), observations);
      observations.clear();
    }
    this.evidence.step(at, inflow, this.#observations);
    this.#observations.clear();
  }

  /** Event time of the last step, in days; 0 before the first. */
  get time(): Days {
    return this.evidence.time;
  }

  /** Evidence in installation days. */
  installationDays(): Days {
    return this.evidence.days();
  }

  /** Level against the fleet's threshold. */
  level(threshold: Days): EvidenceLevel {
    return levelOf(this.evidence.days(), threshold, this.evidence.leader().lnRatio);
  }

  /** When the change began; null while nothing points to one. */
  onset(): Onset | null {
    return estimateOnset(this.evidence, this.#information);
  }

  effect(): Effect {
    return estimateEffect(this.evidence, this.direction, this.#information);
  }

  /** Begins to look for the end of the change: at the alarm, once. */
  watchRecovery(): void {
    if (this.#recovery) return;
    const { value, lower, upper } = this.effect().oddsRatio;
    this.#recovery =
      this.direction === 'worse'
        ? Recovery.ofEffect('worse', value, lower)
        : Recovery.ofEffect('better', 1 / value, 1 / upper);
    this.#recovery.guard(this.#observations.shift);
  }

  get watchesRecovery(): boolean {
    return this.#recovery !== undefined;
  }

  /** Evidence that the change is over, in days; 0 where nobody watches for it. */
  recoveryDays(): Days {
    return this.#recovery?.days() ?? 0;
  }

  /** Starts from nothing: at resolution, or when a person re-bases the baseline. */
  reset(): void {
    const { time } = this.evidence;
    this.evidence.reset();
    this.evidence.state[0] = time;
    this.#recovery = undefined;
    this.#observations.clear();
  }

  /**
   * The exact state; 1 + 240 bytes, and about 110 more while recovery is watched. What `configure` set is not
   * in it.
   */
  encode(): Uint8Array {
    const to = new ByteWriter(512);
    to.bytes(this.evidence.encode()).byte(this.#recovery ? 1 : 0);
    if (this.#recovery) to.float(this.#recovery.nullRatio).bytes(this.#recovery.evidence.encode());
    return to.finish();
  }

  /** Takes over what `encode` gave. Throws `RangeError` where it is of another layout. */
  decode(bytes: Uint8Array): this {
    const from = new ByteReader(bytes);
    this.evidence.decode(from.bytes());
    this.#recovery = undefined;
    if (from.byte() === 1) {
      this.#recovery = new Recovery(this.direction, from.float());
      this.#recovery.guard(this.#observations.shift);
      this.#recovery.evidence.decode(from.bytes());
    }
    return this;
  }
}
