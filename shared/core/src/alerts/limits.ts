import { type RatePoint, type Window, windowMinutes } from '@seamwatch/contracts/measures.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, Segment } from '@seamwatch/contracts/records.ts';
import { hourMinutes, type Minute, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { type AlertBook, newAlert } from './alert-book.ts';

type Threshold = Policy['thresholds'][number];

/** Minutes between two looks at a window. */
const everyMinutes: Record<Window, number> = { '1h': 1, '24h': 5, '7d': hourMinutes, '28d': hourMinutes };

/** Where a value stands, with its whole 95 % interval. */
type Side = 'beyond' | 'within' | 'unsure';

/**
 * The exit thresholds of the policy. One is crossed where the whole interval is beyond the limit, and has come back
 * where the whole interval is within it; in between everything stays as it is, so that a value near the limit is one
 * alert. Too few observations move nothing. A threshold with a `for` is pending until it has been crossed that long.
 */
export class Limits {
  readonly #thresholds: readonly Threshold[];
  readonly #minimumN: number;
  readonly #book: AlertBook;

  constructor(policy: Policy, book: AlertBook) {
    this.#thresholds = policy.thresholds;
    this.#minimumN = policy.minimumN;
    this.#book = book;
  }

  /**
   * Judges the thresholds whose window is looked at in this minute. `point` gives a measure in a window of a segment;
   * undefined where the segment does not have it.
   */
  decide(
    minute: Minute,
    segments: readonly Segment[],
    point: (segment: number, threshold: Threshold) => RatePoint | undefined,
  ): void {
    for (const threshold of this.#thresholds) {
      if ((minute + 1) % everyMinutes[threshold.window] !== 0) continue;
      const number = segments.findIndex(({ id }) => id === threshold.segment);
      const found = number < 0 ? undefined : point(number, threshold);
      if (found) this.#judge(minute, threshold, segments[number]!, found);
    }
  }

  #judge(minute: Minute, threshold: Threshold, segment: Segment, point: RatePoint): void {
    const open = this.#book.ofRule(threshold.id);
    const side = this.#side(threshold, point);
    if (!open) {
      if (side === 'beyond') this.#open(minute, threshold, segment, point);
      return;
    }
    const told = { ...open, effect: effectOf(point) };
    const pending = open.status === 'pending';
    const lasted = (minute + 1) * minuteMs - Date.parse(open.openedAt);
    if (side === 'within' || (pending && side !== 'beyond')) this.#book.resolveRule(minute, told);
    else if (pending && lasted >= (threshold.for ?? 0)) {
      this.#book.setRule(minute, { ...told, status: 'firing' }, 'escalated');
    }
  }

  #open(minute: Minute, threshold: Threshold, segment: Segment, point: RatePoint): void {
    const { id, measure, window, above, below, authoriser, action, runbook, owner } = threshold;
    const fresh = newAlert(minute, segment, `threshold/${id}`);
    const from = toRfc3339(Date.parse(fresh.openedAt) - windowMinutes[window] * minuteMs);
    const alert: AlertRecord = {
      ...fresh,
      status: threshold.for ? 'pending' : 'firing',
      level: 'critical',
      rule: id,
      measure,
      // Some time in the window that has crossed it.
      onset: { at: fresh.openedAt, lower: from, upper: fresh.openedAt },
      effect: effectOf(point),
      limit: {
        ...(above === undefined ? {} : { above }),
        ...(below === undefined ? {} : { below }),
        window,
        authoriser,
        action,
        ...(runbook === undefined ? {} : { runbook }),
      },
      evidenceDays: null,
      installationDays: null,
      learning: point.state === 'learning',
      owner,
    };
    this.#book.setRule(minute, alert, 'opened');
  }

  #side(threshold: Threshold, { value, lower, upper, n, state }: RatePoint): Side {
    const { above, below, minimumN = this.#minimumN } = threshold;
    if (value === null || n < minimumN || (state !== 'ok' && state !== 'learning')) return 'unsure';
    const [low, high] = [lower ?? value, upper ?? value];
    if (above !== undefined) return low > above ? 'beyond' : high <= above ? 'within' : 'unsure';
    return high < below! ? 'beyond' : low >= below! ? 'within' : 'unsure';
  }
}

const effectOf = ({ value, lower, upper, n, baseline }: RatePoint): AlertRecord['effect'] => ({
  value: value ?? 0,
  lower: lower ?? value ?? 0,
  upper: upper ?? value ?? 0,
  n,
  baseline: baseline ?? null,
});
