import { adwin } from '../competitors/adwin.ts';
import { type Competitor, ewma, fixedWindow, pageHinkley } from '../competitors/detectors.ts';
import { chunks, type Goal, type Row, row } from '../goal.ts';
import { type Limit, limitsAt } from '../limits.ts';
import { Random } from '../random.ts';
import { mean, type Sample, sampleOf, scaled } from '../summary.ts';

const p0 = 0.1;
const warmUp = 20_000;
/** Events after the warm-up in which false alarms are counted. */
const watched = 20_000;
/** A detector that has not alarmed this long after a change never will. */
const most = 1_000_000;

export interface Setting {
  name: string;
  make: () => Competitor;
}

/**
 * Each as its users find it, and with the one knob that they have set to the false-alarm rate of ours: 18 %
 * in the 20,000 events after the warm-up, one in 100,000 (found by bisection). The mean time to a false alarm
 * would flatter those that alarm early or never.
 */
export const settings: readonly Setting[] = [
  { name: '7-day window, 3σ', make: () => fixedWindow(p0, 3) },
  { name: '7-day window, tuned', make: () => fixedWindow(p0, 1.92) },
  { name: 'EWMA of days, L = 3', make: () => ewma(p0, 3) },
  { name: 'EWMA of days, tuned', make: () => ewma(p0, 1.55) },
  { name: 'Page–Hinkley, λ = 50', make: () => pageHinkley(50) },
  { name: 'Page–Hinkley, tuned', make: () => pageHinkley(32.5) },
  { name: 'ADWIN, δ = 0.002', make: () => adwin(0.002) },
  { name: 'ADWIN, tuned', make: () => adwin(0.107) },
];

interface Params {
  setting: number;
  /** Null: no change. */
  limit: Limit | null;
  runs: number;
}

/**
 * What users would otherwise pick, on streams of the same kind: false alarms, and delay after a warm-up of
 * 20,000 events.
 */
export const competitors: Goal<Params, Sample> = {
  id: 'competitors',
  tasks: (mode) =>
    settings.flatMap((_, setting) =>
      [null, ...limitsAt(1e5).filter((limit) => limit.p0 === p0)].flatMap((limit) =>
        chunks({ setting, limit }, mode === 'full' ? 600 : 6, 1),
      ),
    ),
  run({ setting, limit, runs }, seed) {
    const random = new Random(seed, 15);
    const { make } = settings[setting]!;
    return sampleOf(
      Array.from({ length: runs }, () =>
        limit === null
          ? Number(delayOf(random, make, p0, watched) < watched)
          : delayOf(random, make, limit.p1, most),
      ),
    );
  },
  rows(parts, mode) {
    return settings.flatMap(({ name }, setting) => {
      const own = parts.filter(({ params }) => params.setting === setting);
      return own.map(({ params: { limit }, part }): Row => {
        const id = `c${setting + 1}`;
        if (limit === null) {
          return row(`${id} early`, `${name}: P(false alarm in 20,000)`, mean(part), {}, mode);
        }
        const points = (100 * (limit.p1 - limit.p0)).toFixed(1);
        const ratio = scaled(mean(part), 1 / limit.steady);
        return row(`${id} +${points}`, `${name}: delay ÷ limit at +${points} points`, ratio, {}, mode);
      });
    });
  },
};

/**
 * Events from the end of the warm-up to the alarm, at most `most`; streams with an alarm before are set
 * aside, as for our own delays.
 */
export function delayOf(random: Random, make: () => Competitor, later: number, longest: number): number {
  for (;;) {
    const competitor = make();
    const alarm = alarmOf(random, competitor, later, warmUp + longest);
    if (alarm > warmUp) return alarm - warmUp;
  }
}

function alarmOf(random: Random, competitor: Competitor, later: number, last: number): number {
  for (let i = 1; i <= last; i++) {
    const p = i > warmUp ? later : p0;
    if (competitor.step(random.uniform() < p ? 1 : 0)) return i;
  }
  return last;
}
