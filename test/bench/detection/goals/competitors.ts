import { adwin } from '../competitors/adwin.ts';
import { type Competitor, ewma, fixedWindow, pageHinkley } from '../competitors/detectors.ts';
import { chunks, type Goal, type Row, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import { mean, type Sample, sampleOf, scaled } from '../summary.ts';

const p0 = 0.1;
const most = 2_000_000;

interface Setting {
  name: string;
  make: () => Competitor;
}

/** Each as its users find it, and with the one knob that they have set to the same run length without change, 100,000 events (found by bisection). */
const settings: readonly Setting[] = [
  { name: '7-day window, 3σ', make: () => fixedWindow(p0, 3) },
  { name: '7-day window, tuned', make: () => fixedWindow(p0, 2.31) },
  { name: 'EWMA of days, L = 3', make: () => ewma(p0, 3) },
  { name: 'EWMA of days, tuned', make: () => ewma(p0, 2.05) },
  { name: 'Page–Hinkley, λ = 50', make: () => pageHinkley(50) },
  { name: 'Page–Hinkley, tuned', make: () => pageHinkley(63) },
  { name: 'ADWIN, δ = 0.002', make: () => adwin(0.002) },
  { name: 'ADWIN, tuned', make: () => adwin(0.9) },
];

interface Params {
  setting: number;
  /** Null: no change. */
  limit: Limit | null;
  runs: number;
}

/** What users would otherwise pick, on streams of the same kind: run length without change, and delay after a warm-up of 20,000 events. */
export const competitors: Goal<Params, Sample> = {
  id: 'competitors',
  tasks: (mode) =>
    settings.flatMap((_, setting) =>
      [null, ...limitsAt(1e5).filter((limit) => limit.p0 === p0)].flatMap((limit) =>
        chunks({ setting, limit }, mode === 'full' ? 300 : 12, 1),
      ),
    ),
  run({ setting, limit, runs }, seed) {
    const random = new Random(seed, 15);
    return sampleOf(Array.from({ length: runs }, () => oneRun(random, settings[setting]!.make, limit)));
  },
  rows(parts, mode) {
    return settings.flatMap(({ name }, setting) => {
      const own = parts.filter(({ params }) => params.setting === setting);
      return own.map(({ params: { limit }, part }): Row => {
        if (limit === null)
          return row('–', `${name}: run length without change, events`, mean(part), {}, mode);
        const points = (100 * (limit.p1 - limit.p0)).toFixed(1);
        const ratio = scaled(mean(part), 1 / limit.steady);
        return row('–', `${name}: delay ÷ limit at +${points} points`, ratio, {}, mode);
      });
    });
  },
};

const warmUp = 20_000;

/** Events from the end of the warm-up to the alarm; streams with an alarm before it are set aside, as for our own delays. */
function oneRun(random: Random, make: () => Competitor, limit: Limit | null): number {
  for (;;) {
    const delay = oneStream(random, make(), limit?.p1 ?? p0);
    if (delay > 0) return delay;
  }
}

function oneStream(random: Random, competitor: Competitor, later: number): number {
  for (let i = 1; i <= most; i++) {
    const p = i > warmUp ? later : p0;
    if (competitor.step(random.uniform() < p ? 1 : 0)) return i - warmUp;
  }
  return most;
}
