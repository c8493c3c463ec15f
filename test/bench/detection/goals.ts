import type { Goal } from './goal.ts';
import { caseMix } from './goals/case-mix.ts';
import { competitors } from './goals/competitors.ts';
import { delay } from './goals/delay.ts';
import { fleetBudget } from './goals/fleet.ts';
import { fusedSignals } from './goals/fused-signals.ts';
import { leadTime } from './goals/lead-time.ts';
import { learned } from './goals/learned.ts';
import { referenceVectors } from './goals/reference-vectors.ts';
import { repeatContact } from './goals/repeat-contact.ts';
import { runLength } from './goals/run-length.ts';
import { speed } from './goals/speed.ts';

/**
 * A goal whose own types do not matter to whoever runs it: parameters and parts are plain data that go back
 * where they came from.
 */
export type AnyGoal = Goal<object, unknown>;

const any = <P extends object, R>(goal: Goal<P, R>): AnyGoal => goal as unknown as AnyGoal;

/** All goals, in the order in which they are shown. */
export const goals: readonly AnyGoal[] = [
  any(runLength),
  any(delay),
  any(learned),
  any(caseMix),
  any(repeatContact),
  any(fleetBudget),
  any(leadTime),
  any(fusedSignals),
  any(speed),
  any(referenceVectors),
  any(competitors),
];
