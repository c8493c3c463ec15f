import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Evidence } from './evidence.ts';
import { Observations } from './observations.ts';
import { oddsGrid, shiftOdds, standardGrid } from './odds.ts';
import { seededRandom } from './random.fixture.ts';

interface Step {
  k: number;
  n: number;
  inflow: number;
}

function run(steps: readonly Step[], p0: number, grid = standardGrid): Evidence {
  const evidence = new Evidence(grid);
  const observations = new Observations(grid);
  steps.forEach(({ k, n, inflow }, i) => {
    observations.clear();
    observations.addCounts(k, n, p0);
    evidence.step(i, inflow, observations);
  });
  return evidence;
}

/** The definition: every start j contributes its inflow times the likelihood ratio of all that came after. */
function byDefinition(steps: readonly Step[], p0: number, theta: number): number {
  const p1 = shiftOdds(p0, theta);
  const ratio = ({ k, n }: Step) => (p1 / p0) ** k * ((1 - p1) / (1 - p0)) ** (n - k);
  return steps.reduce((sum, { inflow }, j) => {
    return sum + steps.slice(j).reduce((product, step) => product * ratio(step), inflow);
  }, 0);
}

const step = fc
  .record({ n: fc.integer({ min: 0, max: 20 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .chain(({ n, share }) =>
    fc.record({
      n: fc.constant(n),
      k: fc.constant(Math.round(n * share)),
      inflow: fc.double({ min: 0.001, max: 2, noNaN: true }),
    }),
  );

describe('evidence', () => {
  it('equals its definition, the sum over all starts of the likelihood ratio since', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const expected = standardGrid.thetas.reduce(
          (sum, theta) => sum + byDefinition(steps, 0.15, theta) / standardGrid.thetas.length,
          0,
        );
        expect(run(steps, 0.15).days() / expected).toBeCloseTo(1, 10);
      }),
    );
  });

  it('is on average the time that passed while nothing changes: no false alarms are bought by looking often', () => {
    const random = seededRandom(7);
    const days = 20;
    let sum = 0;
    const runs = 4_000;
    for (let i = 0; i < runs; i++) {
      const steps = Array.from({ length: days }, () => ({ k: random() < 0.1 ? 1 : 0, n: 1, inflow: 1 }));
      sum += run(steps, 0.1, oddsGrid([1.36])).days();
    }
    expect(sum / runs / days).toBeGreaterThan(0.95);
    expect(sum / runs / days).toBeLessThan(1.05);
  });

  it('has no largest value: a change of hours may run on for years, and be forgotten again', () => {
    const grid = oddsGrid([2.2]);
    const evidence = new Evidence(grid);
    const observations = new Observations(grid);
    const feed = (k: number, n: number) => {
      observations.clear();
      observations.addCounts(k, n, 0.1);
      evidence.step(1, 1, observations);
      return observations.lnRatio[0]!;
    };
    let ln = 0;
    for (let i = 0; i < 50; i++) ln += feed(2_000_000, 10_000_000);
    expect(ln).toBeGreaterThan(1e6);
    expect(evidence.lnDays() / ln).toBeCloseTo(1, 9);
    expect(evidence.days()).toBe(1e300);
    while (evidence.lnDays() > 0) feed(500_000, 10_000_000);
    for (let i = 0; i < 5; i++) feed(0, 100);
    expect(evidence.days()).toBeGreaterThan(0);
    expect(evidence.days()).toBeLessThan(1);
  });

  it('keeps full precision on the way through very large values', () => {
    const steps = Array.from({ length: 400 }, (_, i) => ({ k: 12 + (i % 3), n: 40, inflow: 0.1 }));
    const grid = oddsGrid([2.2]);
    const p1 = shiftOdds(0.1, 2.2);
    let ln = -Infinity;
    for (const { k, n, inflow } of steps) {
      const bigger = Math.max(ln, Math.log(inflow));
      ln = bigger + Math.log(Math.exp(ln - bigger) + Math.exp(Math.log(inflow) - bigger));
      ln += k * Math.log(p1 / 0.1) + (n - k) * Math.log((1 - p1) / 0.9);
    }
    expect(ln).toBeGreaterThan(709);
    expect(run(steps, 0.1, grid).lnDays() / ln).toBeCloseTo(1, 12);
  });

  it('stands still where nothing happens and the clock jumps back', () => {
    const evidence = run([{ k: 3, n: 10, inflow: 1 }], 0.1);
    const before = evidence.days();
    const nothing = new Observations(standardGrid);
    evidence.step(0, -5, nothing);
    expect(evidence.days()).toBe(before);
  });

  it('says when the strongest excursion began, and what it saw since', () => {
    const quiet = Array.from({ length: 30 }, () => ({ k: 0, n: 10, inflow: 1 }));
    const bad = Array.from({ length: 10 }, () => ({ k: 3, n: 10, inflow: 1 }));
    const leader = run([...quiet, ...bad], 0.1).leader();
    expect(leader).toMatchObject({ start: 30, n: 100, observed: 30 });
    expect(leader.expected).toBeCloseTo(10, 12);
  });

  it('survives a restart to the bit, in at most 256 bytes', () => {
    const random = seededRandom(3);
    const steps = Array.from({ length: 300 }, () => ({ k: random() < 0.3 ? 1 : 0, n: 1, inflow: random() }));
    const evidence = run(steps, 0.2);
    const bytes = evidence.encode();
    expect(bytes.length).toBeLessThanOrEqual(256);
    expect(new Evidence(standardGrid).decode(bytes).state).toEqual(evidence.state);
  });

  it('refuses the state of another grid', () => {
    expect(() => new Evidence(oddsGrid([2])).decode(new Evidence(standardGrid).encode())).toThrow(RangeError);
  });
});
