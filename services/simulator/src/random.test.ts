import { expect, test } from 'vitest';
import { keyOf, RandomStream } from './random.ts';

const draws = 100_000;

test('the same key and purpose give the same numbers, and these are part of what a seed means', () => {
  const first = new RandomStream().open(keyOf(42, 7, 8, 9), 'arrivals');
  const again = new RandomStream().open(keyOf(42, 1), 'arrivals').open(keyOf(42, 7, 8, 9), 'arrivals');
  const numbers = Array.from({ length: 4 }, () => first.next());
  expect(Array.from({ length: 4 }, () => again.next())).toEqual(numbers);
  expect(numbers).toMatchInlineSnapshot(`
    [
      377453177,
      1837341061,
      3621920855,
      1736249942,
    ]
  `);
});

test('numbers are uniform: along one stream, and the first number over neighbouring keys', () => {
  const stream = new RandomStream().open(keyOf(1, 0), 'arrivals');
  const along = Array.from({ length: draws }, () => stream.uniform());
  const across = Array.from({ length: draws }, (_, i) => stream.open(keyOf(1, i), 'matter').uniform());
  for (const numbers of [along, across]) {
    expect(Math.min(...numbers.slice(0, 1_000))).toBeGreaterThan(0);
    const counts = new Array<number>(64).fill(0);
    for (const u of numbers) counts[Math.floor(u * 64)]!++;
    const expected = draws / 64;
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 99.9 % of a chi-square with 63 degrees of freedom.
    expect(chiSquare).toBeLessThan(103.4);
  }
});

test('purposes, neighbouring keys and neighbouring seeds are uncorrelated', () => {
  const stream = new RandomStream();
  const correlation = (a: (i: number) => number, b: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < draws; i++) sum += (a(i) - 0.5) * (b(i) - 0.5) * 12;
    return sum / draws;
  };
  const base = (i: number) => stream.open(keyOf(5, i), 'repeat').uniform();
  const others = [
    (i: number) => stream.open(keyOf(5, i), 'followUp').uniform(),
    (i: number) => stream.open(keyOf(5, i + 1), 'repeat').uniform(),
    (i: number) => stream.open(keyOf(6, i), 'repeat').uniform(),
    (i: number) => stream.open(keyOf(5, i, 1), 'repeat').uniform(),
    (i: number) => stream.open(keyOf(5 + 2 ** 40, i), 'repeat').uniform(),
  ];
  for (const other of others) expect(Math.abs(correlation(base, other))).toBeLessThan(4 / Math.sqrt(draws));
});

test('names of half a million things have as many keys', () => {
  const keys = new Set<number>();
  for (let i = 0; i < 500; i++) {
    for (let j = 0; j < 1_000; j++) {
      const { hi, lo } = keyOf(3, i, j);
      keys.add((hi >>> 0) * 2 ** 20 + (lo >>> 12));
    }
  }
  expect(keys.size).toBe(500_000);
});

test('below gives each whole number as often as any other', () => {
  const stream = new RandomStream().open(keyOf(9, 9), 'identity');
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[stream.below(5)]!++;
  for (const n of counts) expect(Math.abs(n / draws - 0.2)).toBeLessThan(0.006);
});
