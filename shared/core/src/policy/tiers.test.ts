import { policySchema } from '@seamwatch/contracts/policy.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import { describe, expect, test } from 'vitest';
import { attributes } from '../cells/attributes.fixture.ts';
import type { Attributes } from '../cells/cell.ts';
import { TierRules } from './tiers.ts';

const rulesOf = (tiers: object, categories: object = {}) =>
  new TierRules(policySchema.parse({ version: 1, tiers, categories }));

function decide(rules: TierRules, more: Partial<Attributes> = {}, escalatedBefore = false) {
  const { tier, rule } = rules.decide({ ...attributes, ...more }, escalatedBefore);
  return `${tier} by ${rules.names[rule]}`;
}

describe('the tier of an interaction', () => {
  const categories = {
    dispute: { tier: 2 },
    returns: { tier: 1, regulatory: true },
    complaint: { regulatory: true },
  };
  const rules = rulesOf(
    {
      rules: [
        { id: 'vip-escalated', tier: 1, when: { valueBand: ['top'], escalatedBefore: true } },
        { id: 'vip', tier: 2, when: { valueBand: ['top', 'high'] } },
        { id: 'angry-chat', tier: 2, when: { emotion: ['negative'], channel: 'chat' } },
      ],
    },
    categories,
  );

  test.each<[string, Partial<Attributes>, boolean, string]>([
    ['its category says so', { category: 'dispute' }, false, '2 by category'],
    ['its category is regulated', { category: 'complaint' }, false, '2 by regulatory'],
    ['a category’s own tier stands above its regulation', { category: 'returns' }, false, '1 by category'],
    ['nothing else is known', {}, false, '1 by default'],
    ['the customer has escalated before', {}, true, '2 by escalated_before'],
    ['an escalation stands above the category', { category: 'returns' }, true, '2 by escalated_before'],
    ['a rule matches', { valueBand: 'high' }, false, '2 by vip'],
    ['a rule stands above the category', { valueBand: 'top', category: 'returns' }, false, '2 by vip'],
    ['the first rule that matches decides', { valueBand: 'top' }, true, '1 by vip-escalated'],
    ['all conditions of a rule hold', { emotion: 'negative' }, false, '2 by angry-chat'],
    ['not all conditions of a rule hold', { emotion: 'negative', channel: 'voice' }, false, '1 by default'],
  ])('where %s', (_, more, escalatedBefore, expected) => {
    expect(decide(rules, more, escalatedBefore)).toBe(expected);
  });

  test('may be 2 by default', () => {
    expect(decide(rulesOf({ default: 2 }))).toBe('2 by default');
  });

  test('can depend on a customer who has not escalated', () => {
    const fresh = rulesOf({ rules: [{ id: 'fresh', tier: 2, when: { escalatedBefore: false } }] });
    expect([decide(fresh), decide(fresh, {}, true)]).toEqual(['2 by fresh', '2 by escalated_before']);
  });

  test('can depend on what is unknown', () => {
    const cautious = rulesOf({ rules: [{ id: 'unknown', tier: 2, when: { complexity: ['unknown'] } }] });
    expect([decide(cautious), decide(cautious, { complexity: 'unknown' })]).toEqual([
      '1 by default',
      '2 by unknown',
    ]);
  });
});

test('an escalation is remembered for as long as the policy says', () => {
  expect(rulesOf({}).escalatedWithinMs).toBe(90 * dayMs);
  expect(rulesOf({ escalatedWithin: '7d' }).escalatedWithinMs).toBe(7 * dayMs);
  expect(rulesOf({ escalatedWithin: 'ever' }).escalatedWithinMs).toBe(Number.POSITIVE_INFINITY);
});
