import { handoffCauses, type InteractionClosed } from '@seamwatch/contracts/events.ts';
import { timeMs } from '@seamwatch/contracts/time.ts';
import { sketchBin } from '../stats/quantile-sketch.ts';
import { type InteractionIndex, outcome } from './interaction-index.ts';

/** Fills a new row with what the close of an interaction tells by itself: times, outcome, waits at the seam. */
export function describeInteraction(index: InteractionIndex, row: number, data: InteractionClosed): void {
  index.startMs[row] = timeMs(data.startedAt);
  index.closeMs[row] = timeMs(data.closedAt);
  index.mark(row, outcome.claimedKnown, data.claimedResolved !== null);
  index.mark(row, outcome.claimedResolved, data.claimedResolved === true);
  if (data.startedWith !== 'ai') return;
  index.mark(row, outcome.aiStarted, true);
  const first = data.handoffs[0];
  if (!first) {
    index.mark(row, outcome.aiHandled, true);
    return;
  }
  index.mark(row, outcome.escalated, true);
  index.mark(row, outcome.loop, data.handoffs.length > 1);
  index.mark(row, outcome.seamAbandoned, data.abandoned && data.handoffs.at(-1)!.answeredAt === null);
  index.cause[row] = handoffCauses.indexOf(first.cause);
  index.escalatedMs[row] = Math.max(timeMs(first.at), index.startMs[row]!);
  const answered = data.handoffs.filter((handoff) => handoff.answeredAt !== null);
  index.setWaits(
    row,
    answered.map(({ at, answeredAt }) => sketchBin(timeMs(answeredAt!) - timeMs(at))),
  );
}
