import { dayMs } from '@seamwatch/contracts/units.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PlantedChanges, strengthAt, type Traits } from './planted.ts';
import { plantedSchema } from './planted-schema.ts';
import { withOdds } from './samplers.ts';

const traits: Traits = {
  path: 'seam',
  tier: 1,
  category: 'returns',
  channel: 'chat',
  market: 'DE',
  language: 'de',
  complexity: 'low',
  valueBand: undefined,
  modelVersion: 'm-1',
};
const plant = (...inputs: object[]) =>
  new PlantedChanges(inputs.map((input) => plantedSchema.parse({ from: 0, ...input })));
const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
const nps = [0.03, 0.01, 0.02, 0.03, 0.03, 0.05, 0.05, 0.12, 0.16, 0.2, 0.3];

test('a change is absent before it begins, grows over its ramp, and ends', () => {
  const planted = { from: 10 * dayMs, rampDays: 4, to: 20 * dayMs };
  const at = (day: number) => strengthAt(planted, day * dayMs);
  expect([9.9, 10, 12, 14, 19.9, 20].map(at)).toEqual([0, 0, 0.5, 1, 1, 0]);
  expect(strengthAt({ from: 5, rampDays: 0, to: undefined }, 5)).toBe(1);
});

test('points are added and odds are multiplied, only where all attributes match', () => {
  const planted = plant(
    { signal: 'repeat_contact', where: { path: 'seam', category: ['returns', 'faq'] }, points: 0.03 },
    { signal: 'escalation', where: { tier: 1 }, oddsRatio: 2 },
  );
  expect(planted.share('repeat_contact', 0.15, traits, 1)).toBeCloseTo(0.18, 10);
  expect(planted.share('repeat_contact', 0.15, { ...traits, path: 'ai' }, 1)).toBe(0.15);
  expect(planted.share('repeat_contact', 0.15, { ...traits, category: 'other' }, 1)).toBe(0.15);
  expect(planted.share('escalation', 0.1, traits, 1)).toBeCloseTo(withOdds(0.1, 2), 10);
  expect(planted.share('seam_abandonment', 0.1, traits, 1)).toBe(0.1);
});

test('an attribute that an interaction does not have never matches', () => {
  const planted = plant({ signal: 'repeat_contact', where: { valueBand: 'top' }, points: 0.1 });
  expect(planted.share('repeat_contact', 0.15, traits, 1)).toBe(0.15);
});

test('NPS points move the NPS by exactly that much, half of it on each side', () => {
  const changed = plant({ signal: 'nps', points: -5 }).scores('nps', nps, traits, 1);
  expect(sum(changed)).toBeCloseTo(1, 10);
  expect(sum(changed.slice(9)) - sum(nps.slice(9))).toBeCloseTo(-0.025, 10);
  expect(sum(changed.slice(0, 7)) - sum(nps.slice(0, 7))).toBeCloseTo(0.025, 10);
});

test('points of CSAT are added to the share of 1 and 2', () => {
  const csat = [0.08, 0.12, 0.2, 0.3, 0.3];
  const changed = plant({ signal: 'csat', points: 0.03 }).scores('csat', csat, traits, 1);
  expect(changed[0]! + changed[1]!).toBeCloseTo(0.23, 10);
  expect(changed[0]! / changed[1]!).toBeCloseTo(8 / 12, 10);
});

test('whatever is planted, shares stay shares', () => {
  const scores = fc
    .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 11, maxLength: 11 })
    .filter((xs) => sum(xs) > 0.01)
    .map((xs) => xs.map((x) => x / sum(xs)));
  fc.assert(
    fc.property(scores, fc.double({ min: -200, max: 200, noNaN: true }), (shares, points) => {
      const changed = plant({ signal: 'nps', points }).scores('nps', shares, traits, 1);
      expect(sum(changed)).toBeCloseTo(1, 6);
      for (const s of changed) expect(s).toBeGreaterThanOrEqual(-1e-9);
    }),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      (p, points) => {
        const changed = plant({ signal: 'escalation', points }).share('escalation', p, traits, 1);
        expect(changed >= 0 && changed <= 1).toBe(true);
      },
    ),
  );
});

test('a change of mix grows one category and shrinks the others in proportion', () => {
  const mix = plant({ signal: 'mix', where: { category: 'b' }, points: 0.1 }).mix(
    [0.5, 0.2, 0.3],
    ['a', 'b', 'c'],
    1,
  );
  expect(mix[1]).toBeCloseTo(0.3, 10);
  expect(mix[0]! / mix[2]!).toBeCloseTo(5 / 3, 10);
  expect(sum(mix)).toBeCloseTo(1, 10);
});

test('factors multiply waits and volume', () => {
  const planted = plant({ signal: 'seam_wait', where: { channel: 'chat' }, factor: 1.5, rampDays: 2 });
  expect(planted.factor('seam_wait', dayMs, traits)).toBeCloseTo(1.25, 10);
  expect(planted.factor('seam_wait', dayMs, { ...traits, channel: 'phone' })).toBe(1);
  expect(plant({ signal: 'volume', factor: 0.5 }).factor('volume', 1)).toBe(0.5);
});

test.each([
  [{ signal: 'escalation' }, 'exactly one'],
  [{ signal: 'escalation', points: 0.1, oddsRatio: 2 }, 'exactly one'],
  [{ signal: 'escalation', factor: 2 }, 'take a factor'],
  [{ signal: 'volume', points: 0.1 }, 'take a factor'],
  [{ signal: 'escalation', points: 3 }, 'such as 0.03'],
  [{ signal: 'escalation', points: 0.03, where: { path: 'seam' } }, 'outcome of an escalation'],
  [{ signal: 'mix', points: 0.03 }, 'exactly a category'],
  [{ signal: 'volume', factor: 2, where: { channel: 'chat' } }, 'of everything'],
  [{ signal: 'nps', points: -5, to: -1 }, 'after `from`'],
])('a planted change that means nothing is refused: %j', (input, message) => {
  const result = plantedSchema.safeParse({ from: 0, ...input });
  expect(result.error?.issues.map((i) => i.message).join()).toContain(message);
});
