import { expect, test, vi } from 'vitest';
import { DayStore } from './day-store.ts';

const days = (segment: string) => ({ segment, days: [], weeks: [] });

function store(answer: (path: string) => Promise<unknown>) {
  const asked: string[] = [];
  let clock = 0;
  const it = new DayStore({
    fetchJson: (path) => {
      asked.push(path);
      return answer(path);
    },
    now: () => clock,
    onChange: () => {},
  });
  return { it, asked, pass: (ms: number) => (clock += ms) };
}

test('a segment is asked for once a day, however often it is drawn', async () => {
  const { it, asked, pass } = store(async () => days('tier:1|path:ai'));
  it.want(['tier:1|path:ai'], '2026-03-12');
  it.want(['tier:1|path:ai'], '2026-03-12');
  await vi.waitUntil(() => it.get('tier:1|path:ai'));
  pass(3_600_000);
  it.want(['tier:1|path:ai'], '2026-03-12');
  expect(asked).toEqual(['/v1/segments/tier%3A1%7Cpath%3Aai/days']);
  it.want(['tier:1|path:ai'], '2026-03-13');
  expect(asked).toHaveLength(2);
});

test('a replay that runs through a day in a second does not ask each second', async () => {
  const { it, asked, pass } = store(async () => days('a'));
  it.want(['a'], '2026-03-12');
  await vi.waitUntil(() => it.get('a'));
  pass(1_000);
  it.want(['a'], '2026-03-13');
  expect(asked).toHaveLength(1);
});

test('at most two are fetched at a time', async () => {
  const waiting: (() => void)[] = [];
  const { it, asked } = store(() => new Promise((resolve) => waiting.push(() => resolve(days('a')))));
  it.want(['a', 'b', 'c'], '2026-03-12');
  expect(asked).toHaveLength(2);
  waiting[0]?.();
  await vi.waitUntil(() => asked.length === 3);
});

test.each([
  ['fails', async () => Promise.reject(new Error('503'))],
  ['is not of the protocol', async () => ({ days: 'none' })],
])('an answer that %s leaves what is known, and is asked for again after a minute', async (_name, bad) => {
  let answer: () => Promise<unknown> = async () => days('a');
  const { it, asked, pass } = store(() => answer());
  it.want(['a'], '2026-03-12');
  await vi.waitUntil(() => it.get('a'));
  answer = bad;
  pass(60_000);
  it.want(['a'], '2026-03-13');
  await vi.waitUntil(() => asked.length === 2);
  await Promise.resolve();
  expect(it.get('a')).toBeDefined();
});
