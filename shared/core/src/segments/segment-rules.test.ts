import { policySchema, type SegmentRule } from '@seamwatch/contracts/policy.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attributes as usual } from '../cells/attributes.fixture.ts';
import { type Attributes, cellKey } from '../cells/cell.ts';
import { hasPath, SegmentRules } from './segment-rules.ts';

const attributes: Attributes = { ...usual, category: 'returns', valueBand: 'top' };
const key = (more: Partial<Attributes> = {}, tier: '1' | '2' = '1') =>
  cellKey(tier, { ...attributes, ...more });
const rulesOf = (segments: object[], more: object = {}) =>
  new SegmentRules(policySchema.parse({ version: 1, segments, ...more }));
const ids = (rules: SegmentRules, cell: string) => rules.of(cell).map((n) => rules.segments[n]!.id);

describe('segments of a cell', () => {
  test('are everything, the named slices that it is in, and one of each rule', () => {
    const rules = rulesOf([
      { id: 'chat', where: { channel: 'chat' } },
      { id: 'voice', where: { channel: ['voice'] } },
      { each: ['tier', 'path'] },
    ]);
    expect(ids(rules, key())).toEqual(['all', 'chat', 'tier:1.path:ai']);
    expect(ids(rules, key({ channel: 'voice' }))).toEqual(['all', 'voice', 'tier:1.path:ai']);
    expect(rules.segments[rules.number('tier:1.path:ai')!]).toEqual({
      id: 'tier:1.path:ai',
      title: 'Tier 1, AI only',
      where: { tier: ['1'], path: ['ai'] },
      tier: '1',
      path: 'ai',
    });
  });

  test('of a rule for a part of the cells are told apart from those of the same rule for all', () => {
    const rules = rulesOf([
      { each: ['category'], where: { channel: ['chat', 'e-mail'] } },
      { each: ['category'] },
      { each: ['category'], where: { channel: 'chat' } },
    ]);
    expect(ids(rules, key())).toEqual([
      'all',
      'channel:chat+e-mail.category:returns',
      'category:returns',
      'channel:chat.category:returns',
    ]);
    expect(ids(rules, key({ channel: 'voice' }))).toEqual(['all', 'category:returns']);
    expect(rules.segments[1]).toMatchObject({
      where: { channel: ['chat', 'e-mail'], category: ['returns'] },
      category: 'returns',
    });
    expect(rules.segments[1]).not.toHaveProperty('channel');
  });

  test('never share an id, whatever characters their values have', () => {
    const value = fc.string({ unit: fc.constantFrom('a', '.', ':', '+', '%'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(value, value, value, value, (a, b, c, d) => {
        const rules = rulesOf([{ each: ['category', 'channel'] }]);
        const one = ids(rules, key({ category: a, channel: b }))[1];
        const other = ids(rules, key({ category: c, channel: d }))[1];
        expect(one === other).toBe(a === c && b === d);
      }),
    );
  });

  test('past the maximum are one: other; cells of earlier segments stay in theirs', () => {
    const rules = rulesOf([{ each: ['path'] }, { each: ['category'] }], { maximumSegments: 3 });
    expect(ids(rules, key())).toEqual(['all', 'path:ai', 'category:returns']);
    expect(ids(rules, key({ category: 'faq' }))).toEqual(['all', 'path:ai', 'other']);
    expect(ids(rules, key({ category: 'dispute', path: 'human' }))).toEqual(['all', 'other']);
    expect(ids(rules, key())).toEqual(['all', 'path:ai', 'category:returns']);
    expect(rules.segments.length).toBe(4);
  });

  test('can be asked for without making any', () => {
    const rules = rulesOf([{ each: ['path'] }], { maximumSegments: 2 });
    expect(rules.known(key())).toEqual([0]);
    rules.of(key());
    expect(rules.known(key())).toEqual([0, 1]);
    expect(rules.known(key({ path: 'seam' }))).toEqual([0]);
    rules.of(key({ path: 'seam' }));
    expect(rules.known(key({ path: 'human' }))).toEqual([0, 2]);
  });
});

test.each([
  [['path', 'category'], { path: 'ai', category: 'account_lookup' }, 'AI only, account lookup'],
  [['path', 'category'], { path: 'seam', category: 'dispute' }, 'Handed off, disputes and claims'],
  [['tier', 'channel', 'valueBand'], { channel: 'chat', valueBand: 'top' }, 'Tier 1, chat, top value'],
  [['market', 'channel'], { market: 'CH', channel: 'unknown' }, 'Market CH, unknown channel'],
  [['complexity', 'emotion'], { emotion: 'negative' }, 'Low complexity, negative emotion'],
  [['modelVersion', 'language'], { modelVersion: 'm2' }, 'Model m2, language de'],
])('a segment by %s of %j is called "%s"', (each, more, title) => {
  const categories = { dispute: { title: 'disputes and claims' } };
  const rules = rulesOf([{ each }], { categories });
  rules.of(key(more as Partial<Attributes>));
  expect(rules.segments[1]?.title).toBe(title);
});

describe('segments that come back from a store', () => {
  const rules: SegmentRule[] = [{ each: ['category'] }];
  const before = rulesOf(rules);
  before.of(key());
  before.of(key({ category: 'faq' }));

  test('have the numbers that they had', () => {
    const after = rulesOf(rules);
    after.restore(before.segments);
    expect(after.segments).toEqual(before.segments);
    expect(after.of(key({ category: 'faq' }))).toEqual([0, 2]);
  });

  test('keep them when the policy has got more rules, which come after them', () => {
    const after = rulesOf([{ id: 'top', where: { valueBand: 'top' } }, { each: ['channel'] }, ...rules]);
    after.restore(before.segments);
    expect(ids(after, key({ category: 'faq' }))).toEqual(['all', 'category:faq', 'top', 'channel:chat']);
    expect(after.number('category:faq')).toBe(before.number('category:faq'));
  });
});

test.each([
  [{ id: 'all', where: {} }, false],
  [{ id: 'x', where: { category: ['faq'] } }, false],
  [{ id: 'x', where: { path: ['ai', 'seam'] } }, true],
  [{ id: 'other', where: {} }, true],
])('path is part of what %j is: %s', (segment, expected) => {
  expect(hasPath({ title: '', ...segment } as Parameters<typeof hasPath>[0])).toBe(expected);
});
