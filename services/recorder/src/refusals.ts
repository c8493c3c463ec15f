import { seriesOf } from '@seamwatch/adapters/influx/point.ts';
import type { Refused } from '@seamwatch/adapters/influx/sift.ts';

/** Reasons that are told apart; the rest is only counted. */
const mostReasons = 5;

/** Refused points since the last summary: how many for each reason, with one example. */
export class Refusals {
  readonly #reasons = new Map<string, { count: number; example: string }>();
  #others = 0;

  add({ point, reason }: Refused): void {
    this.count(reason, `${seriesOf(point)} at ${new Date(point.timeMs).toISOString()}`);
  }

  count(reason: string, example: string): void {
    const known = this.#reasons.get(reason);
    if (known) known.count += 1;
    else if (this.#reasons.size < mostReasons) this.#reasons.set(reason, { count: 1, example });
    else this.#others += 1;
  }

  get empty(): boolean {
    return this.#reasons.size === 0;
  }

  /** `3 × field type conflict (such as seam_rate segment=all at …)`, and starts anew. */
  takeSummary(): string {
    const parts = Array.from(
      this.#reasons,
      ([reason, { count, example }]) => `${count} × ${reason} (such as ${example})`,
    );
    if (this.#others > 0) parts.push(`${this.#others} × other reasons`);
    this.#reasons.clear();
    this.#others = 0;
    return parts.join('; ');
  }
}
