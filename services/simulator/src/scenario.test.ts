import { readFileSync } from 'node:fs';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { expect, test } from 'vitest';
import { parseScenario } from './scenario.ts';

const messageOf = (source: unknown): string => {
  try {
    parseScenario(source);
  } catch (error) {
    if (error instanceof SeamError && error.code === 'SEAM_CONFIG') return error.message;
  }
  return 'no error';
};

test('a scenario needs nothing but its beginning', () => {
  const scenario = parseScenario({ from: '2026-01-01' });
  expect(scenario.from).toBe(Date.UTC(2026, 0, 1));
  expect(scenario.to).toBeUndefined();
  expect(Object.keys(scenario.categories)).toContain('billing_dispute');
  expect(scenario.repeat.share.seam).toBe(0.15);
});

test('YAML, JSON and values say the same', () => {
  const value = { from: '2026-01-01', seed: 3, abandonment: 0.1, planted: [] };
  expect(parseScenario(JSON.stringify(value))).toEqual(parseScenario(value));
  expect(parseScenario('from: 2026-01-01\nseed: 3\nabandonment: 0.1\nplanted: []\n')).toEqual(
    parseScenario(value),
  );
});

test('a scenario that was read reads as itself', () => {
  const scenario = parseScenario({
    from: '2026-01-01T10:00:00+02:00',
    to: '2026-03-01',
    categories: { faq: { share: 1, escalation: 0.2, decision: { kind: 'other' } } },
    seamWait: { median: '2m' },
    planted: [{ signal: 'csat', where: { path: 'seam', tier: 2 }, points: 0.03, from: '2026-02-01' }],
  });
  expect(parseScenario(scenario)).toEqual(scenario);
  expect(parseScenario(JSON.stringify(scenario))).toEqual(scenario);
});

test('all errors are said at once, each with its path', () => {
  const message = messageOf({
    from: 'yesterday',
    seed: -1,
    colour: 'blue',
    abandonment: { ai: 2, seam: 0.1, human: 0.1 },
    timeZone: 'Mars/Olympus',
  });
  for (const part of ['from: found "yesterday"', 'seed:', 'colour', 'abandonment', 'timeZone: not an IANA']) {
    expect(message).toContain(part);
  }
});

test.each([
  [{ from: '2026-02-01', to: '2026-01-01' }, 'to: a time after `from`'],
  [{ from: '2026-01-01', models: [{ version: 'a' }, { version: 'b' }] }, 'models.1.at'],
  [{ from: '2026-01-01', seamWait: { median: 'soon' } }, 'found "soon"'],
  [{ from: '2026-01-01', handoffs: { causes: { repeat_contact: 1 } } }, 'can always apply'],
  [{ from: '2026-01-01', categories: {} }, 'categories: at least one share above zero'],
  [
    { from: '2026-01-01', planted: [{ signal: 'csat', where: { category: 'x' }, points: 0.1, from: 0 }] },
    'found "x", where one of status_inquiry',
  ],
  [{ from: 0 }, 'after 1970'],
  [{ from: '2026-01-05', drawsFrom: '2026-01-01' }, 'from: a time after `drawsFrom`'],
  [{ from: '2026-01-05', drawsFrom: 1 }, 'drawsFrom: a full quarter'],
  ['from: [', 'not YAML'],
  [null, '(file)'],
])('%j is refused with a reason', (source, message) => {
  expect(messageOf(source)).toContain(message);
});

test('the examples of the docs are valid', () => {
  const page = readFileSync(new URL('../../../docs/simulator.md', import.meta.url), 'utf8');
  const [whole, planted] = [...page.matchAll(/```yaml\n(.*?)```/gs)].map((m) => m[1] ?? '');
  expect(parseScenario(whole).planted).toHaveLength(1);
  expect(parseScenario(`from: 2026-03-02\n${planted}`).planted).toHaveLength(4);
});
