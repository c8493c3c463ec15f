import type { Family, Signal } from '@seamwatch/contracts/measures.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import type { AlertRecord, WeekRecord } from '@seamwatch/contracts/records.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { attributes } from '../cells/attributes.fixture.ts';
import { cellKey } from '../cells/cell.ts';
import { CounterLayout } from '../cells/counters.ts';
import { LinkedCounters } from '../cells/linked-counters.ts';
import { seededRandom } from '../detection/random.fixture.ts';
import { Calendar } from './calendar.ts';
import { SegmentRules } from './segment-rules.ts';
import type { Trial } from './trials.ts';
import { Watch } from './watch.ts';

const policy = policySchema.parse({
  version: 1,
  segments: [{ each: ['category'] }, { each: ['path'] }],
  falseAlarms: { per30Days: 2, clearAfterDays: 15 },
});
const layout = new CounterLayout(7);
const calendar = new Calendar('UTC');
const monday = calendar.day(Date.parse('2026-01-05T00:00:00Z'));
const cells = ['faq', 'returns'].map((category) => cellKey('1', { ...attributes, category }));

/** What happens in an hour to one of the cells: how many interactions, and the shares of what can go wrong. */
interface Hour {
  n: number;
  escalated?: number;
  /** Share who come back within a week. */
  repeat?: number;
  /** Answers to the NPS question, and the share of those that are bad. */
  answers?: number;
  bad?: number;
}

/** A made-up centre of two categories, hour by hour; `at` says what holds in a cell and hour, by day since the beginning. */
class Year {
  readonly rules = new SegmentRules(policy);
  readonly alerts: AlertRecord[] = [];
  readonly weeks: WeekRecord[] = [];
  readonly watch: Watch;
  readonly #random: () => number;
  #hour = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    const placed = cells.map((key) => this.rules.of(key));
    this.watch = new Watch({
      policy,
      layout,
      counters: new LinkedCounters(layout),
      calendar,
      segments: this.rules.segments,
      cellKey: (cell) => cells[cell]!,
      segmentsOf: (cell) => placed[cell]!,
      keptDays: 9,
    });
  }

  get day(): number {
    return this.#hour / 24;
  }

  run(days: number, at: (cell: number, day: number) => Hour): this {
    for (const end = this.#hour + 24 * days; this.#hour < end; this.#hour++) {
      const minute = monday * 1_440 + this.#hour * 60;
      const counts = new Map<number, Int32Array>();
      const trials: Trial[] = [];
      for (const cell of cells.keys()) {
        const hour = at(cell, this.day);
        if (hour.n === 0 && !hour.answers) continue;
        counts.set(cell, this.#counts(hour));
        trials.push(this.#trial(cell, hour));
      }
      this.watch.minute(minute, { counts, trials, linked: new Map(), linkedTrials: [] });
      this.watch.decide(minute);
      if (this.#hour % 24 === 23) this.watch.endOfDay(minute + 59, monday + Math.floor(this.day));
      this.alerts.push(...this.watch.takeAlerts());
      this.weeks.push(...this.watch.takeWeeks());
    }
    return this;
  }

  #draw(n: number, p: number): number {
    let k = 0;
    for (let i = 0; i < n; i++) if (this.#random() < p) k++;
    return k;
  }

  #counts({ n, escalated = 0.15, answers = 0, bad = 0.2 }: Hour): Int32Array {
    const counts = new Int32Array(layout.cohortBase);
    counts[layout.aiStarted] = n;
    counts[layout.escalated] = this.#draw(n, escalated);
    for (let i = 0; i < answers; i++) {
      const score = this.#random() < bad ? 3 : 7 + Math.floor(4 * this.#random());
      counts[layout.nps + score]!++;
    }
    return counts;
  }

  /** As many at each age as there are interactions in an hour, which is what it comes to. */
  #trial(cell: number, { n, repeat = 0.15 }: Hour): Trial {
    const hazard = 1 - (1 - repeat) ** (1 / layout.ages);
    const hazards = Array.from({ length: layout.ages }, (_, age) => ({
      age,
      atRisk: n,
      failed: this.#draw(n, hazard),
    }));
    return { cell, counts: [], hazards };
  }

  rebase(segment: string, measure: Signal): this {
    this.watch.rebase(monday * 1_440 + this.#hour * 60 - 1, segment, measure);
    this.alerts.push(...this.watch.takeAlerts());
    return this;
  }

  changes(family?: Family): string[] {
    return this.alerts.filter((a) => family === undefined || a.measure === family).map((a) => a.change);
  }

  /** Days since the beginning. */
  when(time: string): number {
    return Date.parse(time) / dayMs - monday;
  }

  evidence(id: string, family: Family) {
    return this.watch.evidence(this.rules.number(id)!).find((e) => e.measure === family);
  }
}

const usual = (): Hour => ({ n: 40 });

describe('a quiet year', () => {
  test('raises no more alerts than the budget, whatever the hour of the week brings', () => {
    const seeds = [1, 2, 3];
    const alerts = seeds.map((seed) => {
      const year = new Year(seed).run(365, (cell, day) => ({
        n: day % 7 < 5 ? 20 : 8,
        escalated: (cell === 0 ? 0.1 : 0.2) + (day % 1 < 0.3 ? 0.05 : 0),
        answers: 2,
      }));
      // Repeat contact and NPS everywhere, escalation and its abandonment where path is open; and each segment as a whole.
      expect(year.watch.armed).toBe(2 * 4 + 2 * 3 + 4);
      return year.changes().filter((change) => change === 'opened').length;
    });
    const budget = (policy.falseAlarms.per30Days * 365 * seeds.length) / 30;
    expect(alerts.reduce((a, b) => a + b)).toBeLessThan(budget / 2);
  });

  test('is expected as it was', () => {
    const year = new Year(4).run(120, () => ({ n: 40, answers: 3 }));
    const all = year.rules.number('all')!;
    expect(year.watch.baseline(all, 'escalation_rate')!.value).toBeCloseTo(0.15, 2);
    expect(year.watch.baseline(all, 'repeat_contact')!.value).toBeCloseTo(0.15, 2);
    expect(year.watch.baseline(all, 'nps')).toBeUndefined();
    expect(year.watch.baseline(all, 'containment')).toBeUndefined();
    // Path is the outcome of an escalation.
    expect(year.evidence('path:ai', 'escalation_rate')).toBeUndefined();
    expect(year.evidence('path:ai', 'repeat_contact')!.level).toBe('quiet');
  });
});

describe('a decline', () => {
  const year = new Year(5)
    .run(80, usual)
    .run(25, (cell) => ({ n: 40, escalated: cell === 0 ? 0.19 : 0.15, repeat: cell === 0 ? 0.19 : 0.15 }));

  test('of four points in one category is found within days, once for each measure', () => {
    expect(year.changes('escalation_rate').filter((c) => c === 'opened')).toEqual(['opened']);
    expect(year.changes('repeat_contact').filter((c) => c === 'opened')).toEqual(['opened']);
    expect(year.changes('nps')).toEqual([]);
    for (const alert of year.alerts.filter((a) => a.change === 'opened')) {
      expect(['all', 'category:faq', 'path:ai']).toContain(alert.segment);
      expect(year.when(alert.openedAt)).toBeGreaterThan(80);
      expect(year.when(alert.openedAt)).toBeLessThan(90);
    }
  });

  test('is dated, sized up and held against what was expected', () => {
    const [opened] = year.alerts;
    expect(year.when(opened!.onset.lower)).toBeLessThan(81);
    expect(year.when(opened!.onset.upper)).toBeGreaterThan(79);
    const effect = year.alerts.filter((a) => a.measure === 'repeat_contact').at(-1)!.effect!;
    expect(effect.baseline).toBeCloseTo(0.15, 1);
    expect(effect.value).toBeGreaterThan(effect.baseline!);
    expect(effect.lower).toBeLessThan(effect.value);
    expect(effect.upper).toBeGreaterThan(effect.value);
  });

  test('does not become its own baseline, and ends when things are as they were', () => {
    const all = year.rules.number('all')!;
    year.run(60, (cell) => ({
      n: 40,
      escalated: cell === 0 ? 0.19 : 0.15,
      repeat: cell === 0 ? 0.19 : 0.15,
    }));
    expect(year.changes()).not.toContain('resolved');
    year.run(60, usual);
    const ends = year.changes().filter((c) => c === 'opened' || c === 'resolved');
    expect(ends).toEqual(['opened', 'opened', 'resolved', 'resolved']);
    expect(year.watch.baseline(all, 'escalation_rate')!.value).toBeCloseTo(0.15, 2);
    expect(year.evidence('all', 'escalation_rate')!.level).toBe('quiet');
  });
});

describe('a person who takes a decline as the new normal', () => {
  const worse = () => ({ n: 40, escalated: 0.2 });
  const year = new Year(19).run(80, usual).run(45, worse);
  const of = (change: string) => year.alerts.filter((a) => a.change === change);
  const standing = of('opened').at(-1)!;

  test('ends its alert', () => {
    expect(standing.measure).toBe('escalation_rate');
    expect(of('resolved')).toEqual([]);
    year.rebase(standing.segment, 'escalation_rate');
    expect(of('rebased')).toMatchObject([{ id: standing.id, status: 'resolved' }]);
  });

  test('hears no more of it, and the new level is what is expected', () => {
    const opened = of('opened').length;
    year.run(45, worse);
    expect(
      of('opened')
        .slice(opened)
        .map((a) => `${a.segment} ${a.measure} ${year.when(a.openedAt)}`),
    ).toEqual([]);
    const all = year.rules.number('all')!;
    expect(year.watch.baseline(all, 'escalation_rate')!.value).toBeCloseTo(0.2, 1.5);
    expect(year.evidence('all', 'escalation_rate')!.level).toBe('quiet');
  });

  test('hears of the next one', () => {
    year.run(20, () => ({ n: 40, escalated: 0.28 }));
    expect(of('opened').at(-1)!.openedAt > standing.openedAt).toBe(true);
    expect(of('opened').at(-1)!.measure).toBe('escalation_rate');
  });

  test('of a segment or measure that is not there changes nothing', () => {
    const before = year.alerts.length;
    year.rebase('no such segment', 'csat').rebase('path:ai', 'ces');
    expect(year.alerts.length).toBe(before);
  });
});

test('another mix of cases, each as good as before, raises nothing', () => {
  const rates = [0.05, 0.25];
  const mix = (first: number) => (cell: number) => ({
    n: cell === 0 ? first : 80 - first,
    escalated: rates[cell]!,
    repeat: rates[cell]!,
  });
  const year = new Year(6).run(80, mix(64)).run(60, mix(24));
  expect(year.watch.armed).toBeGreaterThan(0);
  expect(year.changes()).toEqual([]);
});

describe('a signal that disappears', () => {
  test('ends no alert', () => {
    const year = new Year(7).run(80, () => ({ n: 20, answers: 3 }));
    year.run(14, () => ({ n: 20, answers: 3, bad: 0.4 }));
    expect(year.changes()).toContain('opened');
    const before = year.evidence('all', 'nps')!;
    year.run(100, () => ({ n: 20, answers: 0 }));
    expect(year.changes()).not.toContain('resolved');
    expect(year.evidence('all', 'nps')).toEqual(before);
  });

  test('is held against what was known of it when it comes back', () => {
    const year = new Year(8).run(80, () => ({ n: 20, answers: 3 }));
    year.run(140, () => ({ n: 20, answers: 0 }));
    expect(year.changes()).toEqual([]);
    year.run(14, () => ({ n: 20, answers: 3, bad: 0.4 }));
    expect(year.changes('nps')).toContain('opened');
  });

  test('altogether brings time to a stand, not evidence', () => {
    const year = new Year(9).run(80, usual);
    const before = year.evidence('all', 'escalation_rate');
    year.run(200, () => ({ n: 0 }));
    expect(year.evidence('all', 'escalation_rate')).toEqual(before);
    year.run(3, usual);
    expect(year.changes()).toEqual([]);
  });
});

describe('the weekly NPS test', () => {
  test('has a baseline after thirteen weeks, and rejects in a decline', () => {
    const year = new Year(10).run(15 * 7, () => ({ n: 10, answers: 4 }));
    const all = year.weeks.filter((w) => w.segment === 'all');
    expect(all.length).toBe(15);
    expect(all.map((w) => w.baseline !== null)).toEqual([...Array(13).fill(false), true, true]);
    expect(all.map((w) => w.week).slice(0, 2)).toEqual(['2026-W02', '2026-W03']);
    year.run(7, () => ({ n: 10, answers: 4, bad: 0.5 }));
    expect(year.weeks.filter((w) => w.segment === 'all').at(-1)!.rejects).toBe(true);
  });

  test('confirms an alert at the end of its week', () => {
    const year = new Year(11).run(15 * 7, () => ({ n: 10, answers: 4 }));
    year.run(21, () => ({ n: 10, answers: 4, bad: 0.5 }));
    const confirmed = year.alerts.find((a) => a.change === 'nps_confirmed')!;
    expect(year.when(confirmed.npsConfirmedAt!) % 7).toBeCloseTo(0, 3);
    expect(confirmed.at).toBe(confirmed.npsConfirmedAt);
  });

  test('dates an alert; it is confirmed on stricter terms, by all answers since its onset', () => {
    const year = new Year(11).run(15 * 7, () => ({ n: 10, answers: 4 }));
    year.run(35, () => ({ n: 10, answers: 4, bad: 0.5 }));
    const judged = year.alerts.filter((a) => a.change === 'judged');
    expect(judged.map((a) => a.verdict)).toContain('confirmed');
    expect(judged.every((a) => a.verdict === 'confirmed')).toBe(true);
  });

  test('leaves an alert unconfirmed where answers stay as they were for 120 days', () => {
    const year = new Year(16).run(15 * 7, () => ({ n: 40, answers: 1 }));
    year.run(150, () => ({ n: 40, escalated: 0.2, answers: 1 }));
    const judged = year.alerts.filter((a) => a.change === 'judged' && year.when(a.openedAt) > 15 * 7);
    expect(judged.map((a) => a.verdict)).toEqual(['unconfirmed']);
  });

  test('has no verdict where there were too few weeks of answers before', () => {
    const year = new Year(17).run(80, () => ({ n: 40 })).run(150, () => ({ n: 40, escalated: 0.2 }));
    const verdicts = year.alerts.filter((a) => a.change === 'judged').map((a) => a.verdict);
    expect(verdicts).toEqual(['none']);
  });

  test('is no longer waited for after 120 days', () => {
    const year = new Year(12).run(80, () => ({ n: 40, answers: 1 }));
    year.run(130, () => ({ n: 40, escalated: 0.2, answers: 1 }));
    expect(year.changes('escalation_rate')).toContain('opened');
    year.run(30, () => ({ n: 40, escalated: 0.2, answers: 4, bad: 0.8 }));
    expect(year.alerts.find((a) => a.change === 'opened' && a.measure === 'nps')).toBeDefined();
    expect(year.alerts.filter((a) => a.measure === 'escalation_rate' && a.npsConfirmedAt !== null)).toEqual(
      [],
    );
  });
});

test('the evidence of a day is kept as it stood at its end', () => {
  const year = new Year(13).run(80, usual);
  const at = year.evidence('all', 'escalation_rate');
  const yesterday = monday + 79;
  const all = year.rules.number('all')!;
  year.run(3, () => ({ n: 40, escalated: 0.25 }));
  expect(year.watch.evidenceOf(all, yesterday).find((e) => e.measure === 'escalation_rate')).toEqual(at);
  expect(year.evidence('all', 'escalation_rate')).not.toEqual(at);
  expect(year.watch.evidenceOf(all, monday + 83 - 10)).toEqual([]);
});
