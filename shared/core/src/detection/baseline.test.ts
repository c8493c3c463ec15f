import { describe, expect, it } from 'vitest';
import { learnBaseline } from './baseline.ts';
import { BaselineHistory, dayOfWeek } from './history.ts';
import { expit, logit } from './odds.ts';
import { dayVariation, overdispersion, poolVariation } from './overdispersion.ts';
import { seededRandom } from './random.fixture.ts';
import { seriesBaselines } from './series-baseline.ts';

const monday = 20_000 - dayOfWeek(20_000);
const poisson = (random: () => number, mean: number): number => {
  let k = -1;
  for (let product = 1; product > Math.exp(-mean); product *= random()) k++;
  return k;
};

interface Planted {
  from: number;
  days: number;
  perHour: number;
  p: (key: string, hourOfWeek: number, day: number) => number;
  keys: readonly string[];
  seed?: number;
}

function plant(history: BaselineHistory, { from, days, perHour, p, keys, seed = 1 }: Planted) {
  const random = seededRandom(seed);
  for (let day = from; day < from + days; day++) {
    for (let hour = 0; hour < 24; hour++) {
      const hourOfWeek = 24 * dayOfWeek(day) + hour;
      for (const key of keys) {
        const n = poisson(random, perHour);
        let sum = 0;
        for (let i = 0; i < n; i++) if (random() < p(key, hourOfWeek, day)) sum++;
        if (n > 0) history.add(history.stratum(key), day, hourOfWeek, n, sum);
      }
    }
  }
  return history;
}

const keys = ['ai|returns', 'ai|status', 'seam|returns', 'seam|status'];
const level: Record<string, number> = {
  'ai|returns': 0.1,
  'ai|status': 0.15,
  'seam|returns': 0.2,
  'seam|status': 0.3,
};

describe('a learned baseline', () => {
  it('learns every stratum and the shape of the week', () => {
    const atNight = (hourOfWeek: number) => (hourOfWeek % 24 < 6 ? 0.4 : 0);
    const p = (key: string, hour: number) => expit(logit(level[key]!) + atNight(hour));
    const history = plant(new BaselineHistory(), { from: monday, days: 70, perHour: 12, p, keys });
    const baseline = learnBaseline(history, { today: monday + 70 });
    expect(baseline.to).toBe(monday + 62);
    expect(baseline.from).toBe(monday + 7);
    for (const key of keys) {
      for (const hour of [2, 30, 60, 100, 163]) {
        const learned = baseline.probability(baseline.logit(key), hour);
        expect(Math.abs(logit(learned) - logit(p(key, hour)))).toBeLessThan(0.12);
      }
    }
  });

  it('does not take a change of mix over the day for a change of rates', () => {
    const history = new BaselineHistory();
    const random = seededRandom(4);
    for (let day = monday; day < monday + 70; day++) {
      for (let hour = 0; hour < 24; hour++) {
        const night = hour < 6;
        for (const [key, n] of [
          ['ai|returns', night ? 2 : 30],
          ['seam|status', night ? 30 : 2],
        ] as const) {
          let sum = 0;
          for (let i = 0; i < n; i++) if (random() < level[key]!) sum++;
          history.add(history.stratum(key), day, 24 * dayOfWeek(day) + hour, n, sum);
        }
      }
    }
    const { hours } = learnBaseline(history, { today: monday + 70 });
    expect(Math.max(...hours) - Math.min(...hours)).toBeLessThan(0.1);
  });

  it('never learns from the last seven days, nor from what is frozen', () => {
    const p = (_: string, __: number, day: number) => (day >= monday + 30 ? 0.3 : 0.1);
    const history = plant(new BaselineHistory(), {
      from: monday,
      days: 37,
      perHour: 10,
      p,
      keys: ['ai|status'],
    });
    const young = learnBaseline(history, { today: monday + 37 });
    expect(young.probability(young.logit('ai|status'), 0)).toBeCloseTo(0.1, 1);
    plant(history, { from: monday + 37, days: 30, perHour: 10, p, keys: ['ai|status'], seed: 2 });
    const taught = learnBaseline(history, { today: monday + 67 });
    expect(taught.probability(taught.logit('ai|status'), 0)).toBeGreaterThan(0.17);
    const freezes = [{ includes: () => true, from: monday + 30, to: monday + 67 }];
    const frozen = learnBaseline(history, { today: monday + 67, freezes });
    expect(frozen.to).toBe(monday + 29);
    expect(Math.abs(frozen.probability(frozen.logit('ai|status'), 0) - 0.1)).toBeLessThan(0.01);
  });

  it('keeps a freeze to the strata that it names, which learn from older days instead', () => {
    const p = (key: string, _: number, day: number) => (key === keys[0] && day >= monday + 60 ? 0.4 : 0.1);
    const history = plant(new BaselineHistory(), { from: monday, days: 90, perHour: 3, p, keys });
    const freezes = [{ includes: (key: string) => key === keys[0], from: monday + 60, to: Infinity }];
    const baseline = learnBaseline(history, { today: monday + 90, freezes });
    expect(baseline.from).toBe(monday + 4);
    expect(baseline.to).toBe(monday + 82);
    expect(expit(baseline.logit(keys[0]!))).toBeCloseTo(0.1, 1);
    const includes = keys.map((own) => (key: string) => key === own);
    const [frozen, other] = seriesBaselines(history, baseline, includes, { today: monday + 90, freezes });
    const perDay = 3 * 24;
    for (const { n } of [frozen!, other!]) expect(Math.abs(n / perDay - 56)).toBeLessThan(4);
    expect(frozen!.phi).toBeLessThan(2);
    const thawed = seriesBaselines(history, baseline, includes, { today: monday + 90 })[0]!;
    expect(thawed.phi).toBeGreaterThan(3);
  });

  it('is the same to the bit in whatever order counts arrive, and after a restart', () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      key: keys[i % 4]!,
      day: monday + (i % 61),
      hour: (i * 7) % 168,
      n: 5 + (i % 9),
      sum: i % 4,
    }));
    const learnedFrom = (history: BaselineHistory) => {
      const baseline = learnBaseline(history, { today: monday + 70 });
      const includes = [() => true, (key: string) => key.startsWith('ai')];
      return { baseline, series: seriesBaselines(history, baseline, includes, { today: monday + 70 }) };
    };
    const learn = (order: typeof rows) => {
      const history = new BaselineHistory();
      for (const { key, day, hour, n, sum } of order) history.add(history.stratum(key), day, hour, n, sum);
      return { history, ...learnedFrom(history) };
    };
    const forwards = learn(rows);
    const backwards = learn([...rows].reverse());
    expect(backwards.baseline).toEqual(forwards.baseline);
    expect(backwards.series).toEqual(forwards.series);
    const changes = forwards.history.takeChanges();
    expect(backwards.history.takeChanges()).toEqual(changes);
    const restored = new BaselineHistory();
    for (const { name, bytes } of changes) restored.restore(name, bytes);
    expect(learnedFrom(restored)).toEqual({ baseline: forwards.baseline, series: forwards.series });
    expect(forwards.history.takeChanges()).toEqual([]);
  });

  it('sees what is added to days that it has already learned from', () => {
    const once = new BaselineHistory();
    const add = (history: BaselineHistory, i: number) =>
      history.add(history.stratum(keys[i % 4]!), monday + (i % 19), (24 * i) % 168, 10, 1 + (i % 3));
    for (let i = 0; i < 120; i++) add(once, i);
    const twice = new BaselineHistory();
    for (let i = 119; i >= 0; i--) {
      add(twice, i);
      if (i % 40 === 0) learnBaseline(twice, { today: monday + 30 });
    }
    const learn = (history: BaselineHistory) => learnBaseline(history, { today: monday + 30 });
    expect(learn(twice)).toEqual(learn(once));
  });

  it('forgets days that are pruned, in its changelog as well', () => {
    const history = plant(new BaselineHistory(), {
      from: monday,
      days: 20,
      perHour: 1,
      p: () => 0.5,
      keys: ['a'],
    });
    history.takeChanges();
    history.prune(monday + 14);
    expect(history.days()[0]).toBe(monday + 14);
    const gone = history.takeChanges().filter(({ bytes }) => bytes.length === 0);
    expect(gone).toHaveLength(16);
  });

  it('says of scores how much less they vary than a coin', () => {
    const history = new BaselineHistory();
    const random = seededRandom(8);
    for (let day = monday; day < monday + 60; day++) {
      for (let i = 0; i < 100; i++) {
        const points = Math.floor(random() * 3);
        history.add(history.stratum('ai|a'), day, (24 * day) % 168, 1, points, points * points);
      }
    }
    const baseline = learnBaseline(history, { today: monday + 70, scale: 4 });
    // x is 0, ¼ or ½: mean ¼, variance 1/24.
    expect(baseline.probability(baseline.logit('ai|a'), 0)).toBeCloseTo(0.25, 2);
    expect(baseline.spread).toBeCloseTo((0.25 * 0.75) / (1 / 24), 0);
  });

  it('knows nothing of an empty past, without failing', () => {
    const baseline = learnBaseline(new BaselineHistory(), { today: monday });
    expect(baseline.n).toBe(0);
    expect(baseline.probability(baseline.logit('a|b'), 5)).toBe(0.5);
  });
});

describe('the baseline of a series', () => {
  const history = plant(new BaselineHistory(), { from: monday, days: 30, perHour: 5, p: () => 0.15, keys });
  const baseline = learnBaseline(history, { today: monday + 30 });

  const sizeUp = (includes: (key: string) => boolean) =>
    seriesBaselines(history, baseline, [includes], { today: monday + 30 })[0]!;

  it('is guarded by a standard error while it is thin, and says when it will be ready', () => {
    const thin = sizeUp((key) => key === keys[0]);
    expect(thin.learning).toBe(true);
    expect(thin.guard).toBeCloseTo(thin.standardError, 12);
    expect(thin.guard).toBeCloseTo(Math.sqrt(thin.phi / (thin.n * 0.15 * 0.85)), 2);
    expect(thin.readyOn).toBeNull();
    const two = sizeUp((key) => key.startsWith('ai'));
    expect(two.learning).toBe(true);
    expect(two.readyOn! - monday).toBeGreaterThan(45);
    expect(two.readyOn! - monday).toBeLessThan(60);
    const all = sizeUp(() => true);
    expect(all.learning).toBe(false);
    expect(all.readyOn).toBeNull();
    expect(all.guard).toBeLessThan(all.standardError);
  });

  it('has little overdispersion where days differ by chance alone', () => {
    expect(sizeUp(() => true).phi).toBeLessThan(1.6);
  });

  it('says nothing of strata that it never saw, without failing', () => {
    expect(sizeUp(() => false)).toMatchObject({ n: 0, phi: 1, learning: true, readyOn: null });
  });
});

describe('overdispersion', () => {
  const random = seededRandom(2);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const daysOf = (rho: number, sd: number, count = 56) => {
    let effect = normal();
    return Array.from({ length: count }, () => {
      effect = rho * effect + Math.sqrt(1 - rho * rho) * normal();
      return { observed: 300 + 16 * normal() + sd * effect, expected: 300, variance: 256 };
    });
  };

  it('learns how much days differ by more than chance', () => {
    const own = dayVariation(daysOf(0, 20, 3_000));
    expect(overdispersion(own, poolVariation([own]))).toBeCloseTo(1 + 400 / 256, 0);
  });

  it('learns that days resemble the day before, which makes them tell even less', () => {
    const all = Array.from({ length: 40 }, () => dayVariation(daysOf(0.5, 20)));
    const family = poolVariation(all);
    expect(family.correlation).toBeGreaterThan(0.3);
    expect(family.correlation).toBeLessThan(0.7);
    expect(overdispersion(all[0]!, family)).toBeGreaterThan(2.5);
  });

  it('of one series leans on its family, since 56 days say little', () => {
    const all = Array.from({ length: 40 }, () => dayVariation(daysOf(0, 20)));
    const family = poolVariation(all);
    const phis = all.map((own) => overdispersion(own, family));
    expect(Math.min(...phis)).toBeGreaterThan(1 + 0.7 * (400 / 256));
  });

  it('is 1 of no days, of one day, and of days without variance', () => {
    for (const days of [[], daysOf(0, 20, 1), [{ observed: 3, expected: 0, variance: 0 }]]) {
      const own = dayVariation(days);
      expect(overdispersion(own, poolVariation([own]))).toBe(1);
    }
  });
});
