import { expect, test } from 'vitest';
import { Refusals } from './refusals.ts';

test('refused points are summed up by reason, with an example of each', () => {
  const refusals = new Refusals();
  const point = { measurement: 'seam_rate', tags: { segment: 'all' }, fields: { n: 1 }, timeMs: 0 } as const;
  refusals.add({ point, reason: 'field type conflict' });
  refusals.add({ point: { ...point, timeMs: 60_000 }, reason: 'field type conflict' });
  refusals.count('not JSON', 'rates-0, offset 7');
  expect(refusals.takeSummary()).toBe(
    '2 × field type conflict (such as seam_rate segment=all at 1970-01-01T00:00:00.000Z); 1 × not JSON (such as rates-0, offset 7)',
  );
  expect(refusals.empty).toBe(true);
});

test('however many reasons there are, five are told and the others counted', () => {
  const refusals = new Refusals();
  for (let i = 0; i < 1_000; i += 1) refusals.count(`reason ${i}`, 'x');
  expect(refusals.takeSummary()).toMatch(/^1 × reason 0 .*; 995 × other reasons$/);
});
