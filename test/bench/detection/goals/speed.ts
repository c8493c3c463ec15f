import { Evidence, trialOf } from '@seamwatch/core/detection/evidence.ts';
import { Observations } from '@seamwatch/core/detection/observations.ts';
import { standardGrid } from '@seamwatch/core/detection/odds.ts';
import { type Goal, row } from '../goal.ts';

interface Part {
  eventNs: number;
  countNs: number;
  bytes: number;
}

const rounds = 12;
const steps = 400_000;

/**
 * Goal 12: processor time of one update, onset accumulators included; the best of several rounds, since
 * others may be using the machine.
 */
export const speed: Goal<{ only: true }, Part> = {
  id: 'speed',
  tasks: () => [{ only: true }],
  run() {
    const evidence = new Evidence(standardGrid);
    const trial = trialOf(0.15, standardGrid);
    const observations = new Observations(standardGrid);
    const costs = observations.oddsCosts(0.15);
    const event = (i: number) => evidence.stepTrial(i, 1e-3, i % 7 === 0, trial);
    const count = (i: number) => {
      observations.clear();
      observations.addCounts(i % 5, 23, 0.15, 1, costs);
      evidence.step(i, 1e-3, observations);
    };
    return { eventNs: time(event), countNs: time(count), bytes: evidence.encode().length };
  },
  rows([first], mode) {
    const { eventNs, countNs, bytes } = first!.part;
    const exact = (value: number) => ({ value, se: 0 });
    // A machine under load is no reason to fail a build; one that takes twice as long is.
    const loose = mode === 'quick' ? 2 : 1;
    return [
      row('12 event', 'one Bernoulli event, ns', exact(eventNs), { max: 50 * loose }, mode),
      row('12 count', 'one count update, ns', exact(countNs), { max: 120 * loose }, mode),
      row('12 state', 'state of a series, bytes', exact(bytes), { max: 256 }, mode),
    ];
  },
};

function time(update: (i: number) => void): number {
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const before = process.threadCpuUsage();
    for (let i = 0; i < steps; i++) update(i);
    const { user } = process.threadCpuUsage(before);
    best = Math.min(best, (user * 1_000) / steps);
  }
  return best;
}
