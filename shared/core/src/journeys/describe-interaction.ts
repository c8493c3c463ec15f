import { handoffCauses } from '@seamwatch/contracts/events.ts';
import type { ClosedFacts } from '@seamwatch/contracts/facts.ts';
import { sketchBin } from '../stats/quantile-sketch.ts';
import { type InteractionIndex, outcome } from './interaction-index.ts';

/** Fills a new row with what the close of an interaction tells by itself: times, outcome, waits at the seam. */
export function describeInteraction(index: InteractionIndex, row: number, facts: ClosedFacts): void {
  index.startMs.set(row, facts.startMs);
  index.closeMs.set(row, facts.timeMs);
  index.mark(row, outcome.claimedKnown, facts.claimedResolved !== null);
  index.mark(row, outcome.claimedResolved, facts.claimedResolved === true);
  if (facts.startedWith !== 'ai') return;
  index.mark(row, outcome.aiStarted, true);
  const first = facts.handoffs[0];
  if (!first) {
    index.mark(row, outcome.aiHandled, true);
    return;
  }
  index.mark(row, outcome.escalated, true);
  index.mark(row, outcome.loop, facts.handoffs.length > 1);
  index.mark(row, outcome.seamAbandoned, facts.abandoned && facts.handoffs.at(-1)!.answeredMs === null);
  index.cause.set(row, handoffCauses.indexOf(first.cause));
  index.escalatedMs.set(row, Math.max(first.atMs, index.startMs.get(row)));
  const waits: number[] = [];
  for (const { atMs, answeredMs } of facts.handoffs) {
    if (answeredMs !== null) waits.push(sketchBin(answeredMs - atMs));
  }
  index.setWaits(row, waits);
}
