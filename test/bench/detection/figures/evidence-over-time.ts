import { Fleet } from '@seamwatch/core/detection/fleet.ts';
import { levelRatios } from '@seamwatch/core/detection/levels.ts';
import { SeriesDetector } from '@seamwatch/core/detection/series-detector.ts';
import { Random } from '../random.ts';
import { scoresOf } from '../scores.ts';
import type { Chart } from './chart.ts';

const perHour = 83;
const fleetSize = 100;
const [firstDay, lastDay] = [-20, 20];
const quietScores = scoresOf([0.08, 0.12, 0.15, 0.3, 0.35]);
const worseScores = scoresOf([0.095, 0.135, 0.15, 0.29, 0.33]);

/** One simulated decline at severity 1, a fleet of 100 series, a budget of two false alerts in 30 days. */
export function evidenceOverTime(): Chart {
  const random = new Random(7, 17);
  const fleet = new Fleet(2);
  for (let i = 0; i < fleetSize; i++) fleet.set(`s${i}`);
  const signals = [
    {
      name: 'escalation',
      colour: '#1f77b4',
      detector: new SeriesDetector(),
      feed: shares(random, 0.1, 0.13, perHour),
    },
    {
      name: 'repeat contact',
      colour: '#2ca02c',
      detector: new SeriesDetector(),
      feed: shares(random, 0.15, 0.18, perHour),
    },
    { name: 'CSAT', colour: '#ff7f0e', detector: new SeriesDetector(), feed: satisfaction(random) },
  ];
  signals[2]!.detector.configure({ phi: 1, spread: quietScores.spread, guard: 0 });
  const lines = signals.map(({ name, colour }) => ({ name, colour, points: [] as [number, number][] }));
  for (let hour = 24 * firstDay; hour < 24 * lastDay; hour++) {
    signals.forEach(({ detector, feed }, i) => {
      feed(detector, hour >= 0);
      detector.step((hour - 24 * firstDay + 1) / 24, fleet.inflow('s0', 1 / 24));
      const days = fleet.seriesDays('s0', detector.installationDays());
      if (hour % 3 === 0) lines[i]!.points.push([hour / 24, Math.max(0.01, days)]);
    });
  }
  const alert = fleet.seriesDays('s0', fleet.threshold);
  return {
    title: 'Evidence before and after a decline that begins on day 0',
    x: { label: 'days', ticks: [-20, -10, 0, 10, 20] },
    y: { label: 'evidence, days', ticks: [0.01, 1, 100, 10_000, 1_000_000] },
    lines,
    levels: [
      { name: 'watch', y: alert * levelRatios.watch },
      { name: 'warning', y: alert },
      { name: 'critical', y: alert * levelRatios.critical },
    ],
    moments: [{ name: 'decline begins', x: 0 }],
  };
}

type Feed = (detector: SeriesDetector, worse: boolean) => void;

function shares(random: Random, quiet: number, worse: number, n: number): Feed {
  return (detector, on) => detector.addCounts(random.binomial(n, on ? worse : quiet), n, quiet);
}

function satisfaction(random: Random): Feed {
  return (detector, on) => {
    const counts = new Float64Array(5);
    for (let left = random.poisson(perHour * 0.08); left > 0; left--) {
      const score = random.pick((on ? worseScores : quietScores).probabilities);
      counts[score] = counts[score]! + 1;
    }
    detector.addScores(counts, 0, 5, quietScores.m0);
  };
}
