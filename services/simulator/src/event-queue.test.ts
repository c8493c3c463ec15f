import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

test('items come out by time, and those of one time in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
      const queue = new EventQueue<number>();
      times.forEach((time, i) => {
        queue.push(time, i);
      });
      const out = times.map(() => queue.pop()!);
      const sorted = times.map((_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
      expect(out).toEqual(sorted);
      expect(queue.pop()).toBeUndefined();
    }),
  );
});

test('pushing and popping in turn keeps the order', () => {
  const queue = new EventQueue<string>();
  queue.push(3, 'c');
  queue.push(1, 'a');
  expect(queue.pop()).toBe('a');
  queue.push(2, 'b');
  expect(queue.nextMs).toBe(2);
  expect(queue.pop()).toBe('b');
  expect(queue.pop()).toBe('c');
  expect(queue.nextMs).toBe(Infinity);
  expect(queue.size).toBe(0);
});
