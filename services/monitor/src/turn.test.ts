import { concatMap, finalize, from, lastValueFrom, map, takeWhile, tap, toArray } from 'rxjs';
import { expect, test } from 'vitest';
import { Turn } from './turn.ts';

/** Numbers from 0, and what was asked of their source. */
function numbers(count: number) {
  const source = { asked: 0, open: false };
  async function* all() {
    source.open = true;
    try {
      while (source.asked < count) yield source.asked++;
    } finally {
      source.open = false;
    }
  }
  return { source, all: all() };
}

test('a value is asked for only when the pipe is done with the last', async () => {
  const { source, all } = numbers(5);
  const turn = new Turn();
  const asked = await lastValueFrom(
    from(turn.each(all)).pipe(
      concatMap(async (n) => {
        await new Promise((resolve) => setImmediate(resolve));
        return [n, source.asked];
      }),
      tap(() => turn.done()),
      toArray(),
    ),
  );
  expect(asked).toEqual([0, 1, 2, 3, 4].map((n) => [n, n + 1]));
  expect(source.open).toBe(false);
});

test('a pipe that has enough lets go of the source', async () => {
  const { source, all } = numbers(100);
  const turn = new Turn();
  await lastValueFrom(
    from(turn.each(all)).pipe(
      concatMap(async (n) => n < 3),
      takeWhile((goOn) => goOn),
      tap(() => turn.done()),
      finalize(() => turn.end()),
    ),
  );
  await expect.poll(() => source).toEqual({ asked: 4, open: false });
});

test('a pipe that fails lets go of the source', async () => {
  for (const fail of [
    map((): number => {
      throw new Error('broken');
    }),
    concatMap((): Promise<number> => Promise.reject(new Error('broken'))),
  ]) {
    const { source, all } = numbers(100);
    const turn = new Turn();
    const piped = from(turn.each(all)).pipe(
      fail,
      tap(() => turn.done()),
      finalize(() => turn.end()),
    );
    await expect(lastValueFrom(piped)).rejects.toThrow('broken');
    await expect.poll(() => source).toEqual({ asked: 1, open: false });
  }
});
