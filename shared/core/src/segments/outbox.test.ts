import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

test('records are taken once, in order, and their size is known until then', () => {
  const out = new Outbox();
  out.put('rates', 'all', { n: 1 });
  out.put('alerts', 'a1', 'über');
  expect(out.size).toBe(7 + 6);
  expect(out.take()).toEqual([
    { topic: 'rates', key: 'all', value: '{"n":1}' },
    { topic: 'alerts', key: 'a1', value: '"über"' },
  ]);
  expect([out.size, out.take()]).toEqual([0, []]);
});
