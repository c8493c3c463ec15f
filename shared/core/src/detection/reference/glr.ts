/**
 * Generalised likelihood ratio against an unknown later start and an unknown higher probability, of odds
 * ratio at most `greatestRatio`: max over starts of n·(r ln(r/p₀) + (1 − r) ln((1 − r)/(1 − p₀))), r the rate
 * since. Without the restriction five events are enough to alarm.
 *
 * Only starts just before an event that follows a non-event can be the best; those are kept, so that a step
 * costs their number.
 */
export class RestrictedGlr {
  readonly #p0: number;
  readonly #mostRate: number;
  readonly #starts: { before: number; n: number; events: number }[] = [];
  #seen = 0;
  #last = 0;

  constructor(p0: number, greatestRatio: number) {
    this.#p0 = p0;
    this.#mostRate = (greatestRatio * p0) / (1 - p0 + greatestRatio * p0);
  }

  step(event: 0 | 1): void {
    if (event === 1 && (this.#last === 0 || this.#seen === 0)) {
      this.#starts.push({ before: this.#seen, n: 0, events: 0 });
    }
    for (const start of this.#starts) {
      start.n++;
      start.events += event;
    }
    this.#last = event;
    this.#seen++;
  }

  /**
   * The statistic, and how many events came before the best start; 0 and null while no start speaks for a
   * rise.
   */
  best(): { statistic: number; before: number | null } {
    let statistic = 0;
    let before: number | null = null;
    for (const start of this.#starts) {
      const gain = this.#gain(start.events, start.n);
      if (gain <= statistic) continue;
      statistic = gain;
      before = start.before;
    }
    return { statistic, before };
  }

  #gain(events: number, n: number): number {
    const p0 = this.#p0;
    if (events <= n * p0) return 0;
    const rate = Math.min(events / n, this.#mostRate);
    const misses = n - events;
    const quiet = misses > 0 ? misses * Math.log((1 - rate) / (1 - p0)) : 0;
    return events * Math.log(rate / p0) + quiet;
  }
}
