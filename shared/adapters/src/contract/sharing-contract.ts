import { type Batch, type LogRecord, type Unit, UnitFenced } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import type { OpenLogs } from './fixture.ts';
import {
  commitPosition,
  idlePollMs,
  type Owned,
  Participant,
  record,
  text,
  until,
  values,
} from './fixture.ts';

const spec = { group: 'journeys', topics: ['interactions', 'surveys'] } as const;

/** Copies each record to `rollups`, and its position to the changelog, in one commit. */
const copy = async ({ unit }: Owned, batch: Batch) =>
  commitPosition(
    unit,
    'journeys',
    batch,
    batch.records.map((r: LogRecord) => record('rollups', null, text(r))),
  );

const partitions = (participant: Participant) =>
  participant.running.map((o) => o.unit.partition).sort((a, b) => a - b);

export function sharingContract(open: OpenLogs): void {
  test('two participants share the units, and each unit has one owner', async () => {
    const [a, b] = await open(2);
    const first = new Participant(a!, spec, 'journeys');
    await until(() => first.running.length === 3, 'the first owns all');
    const second = new Participant(b!, spec, 'journeys');
    await until(
      () => second.running.length >= 1 && first.running.length + second.running.length === 3,
      'sharing',
    );
    expect([...partitions(first), ...partitions(second)].sort()).toEqual([0, 1, 2]);
    expect(Math.min(first.running.length, second.running.length)).toBe(1);
    // The units that stayed were not restarted.
    expect(first.owned).toHaveLength(3);
    await Promise.all([first.stop(), second.stop()]);
  });

  test('a unit of single-partition topics has one owner, the others stand by and take over', async () => {
    const [a, b] = await open(2);
    const single = { group: 'segments', topics: ['rollups', 'commands'] } as const;
    const first = new Participant(a!, single, 'state');
    await until(() => first.running.length === 1, 'the active one');
    const second = new Participant(b!, single, 'state');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(first.running.length + second.running.length).toBe(1);
    const [active, standby] = first.running.length === 1 ? [first, second] : [second, first];
    await active.stop();
    await until(() => standby.running.length === 1, 'taking over');
    await standby.stop();
  });

  test('when units move between participants, every record is processed once', async () => {
    const [a, b, feeder] = await open(3);
    const total = 600;
    const feed = async () => {
      for (let i = 0; i < total; i += 10) {
        await feeder!.append(
          Array.from({ length: 10 }, (_, j) =>
            record('interactions', `k${i + j}`, String(i + j), (i + j) % 3),
          ),
        );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const feeding = feed();
    const first = new Participant(a!, spec, 'journeys', copy);
    await until(() => first.running.length === 3, 'the first owns all');
    const second = new Participant(b!, spec, 'journeys', copy);
    await until(() => second.running.length >= 1, 'the second has joined');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await first.stop();
    await feeding;
    await until(() => second.running.length === 3, 'the second owns all');
    const positions = async () => {
      const stored = await feeder!.groupPositions('journeys', ['interactions']);
      return [0, 1, 2].map((p) => stored.get(`interactions-${p}`));
    };
    await expect.poll(positions, { timeout: 30_000 }).toEqual([200, 200, 200]);
    await second.stop();
    const found = (await values(feeder!, 'rollups')).map(Number).sort((x, y) => x - y);
    expect(found).toEqual(Array.from({ length: total }, (_, i) => i));
  });

  test('an owner that ignores its revocation is fenced, and what it commits is not seen', async () => {
    const [a, b] = await open(2);
    const stop = new AbortController();
    const kept: Unit[] = [];
    const outcomes = new Map<string, unknown>();
    const released = Promise.withResolvers<void>();
    const stubborn = a!.participate(
      spec,
      async (unit) => {
        kept.push(unit);
        await unit.restore('journeys', () => {});
        const options = { positions: new Map<string, number>(), idlePollMs, signal: stop.signal };
        for await (const _ of unit.batches(options));
        if (stop.signal.aborted) return;
        await released.promise;
        await unit.commit([record('alerts', 'a', 'zombie')], new Map()).then(
          () => outcomes.set(unit.name, 'committed'),
          (error: unknown) => outcomes.set(unit.name, error),
        );
      },
      stop.signal,
    );
    await until(() => kept.length === 3, 'three units');
    const second = new Participant(b!, spec, 'journeys');
    await until(() => second.running.length >= 1, 'the new owner');
    await second.running[0]!.unit.commit([record('alerts', 'a', 'new owner')], new Map());
    released.resolve();
    await until(() => outcomes.size >= 1, 'the zombie has tried');
    for (const outcome of outcomes.values()) expect(outcome).toBeInstanceOf(UnitFenced);
    expect(await values(b!, 'alerts')).toEqual(['new owner']);
    stop.abort();
    await Promise.all([stubborn, second.stop()]);
  });

  test('an owner that was fenced gets its unit back as a new one', async () => {
    const [log] = await open(1);
    let runs = 0;
    const single = { group: 'segments', topics: ['rollups'] } as const;
    const stop = new AbortController();
    const done = log!.participate(
      single,
      async (unit) => {
        runs++;
        if (runs === 1) throw new UnitFenced('as if another had taken it');
        for await (const _ of unit.batches({ positions: new Map(), idlePollMs, signal: stop.signal }));
      },
      stop.signal,
    );
    await until(() => runs === 2, 'a second life');
    stop.abort();
    await done;
  });

  test('a participation resolves after abort, and its units move at once', async () => {
    const [a, b] = await open(2);
    const first = new Participant(a!, spec, 'journeys');
    await until(() => first.running.length === 3, 'the first');
    await first.stop();
    expect(first.running).toEqual([]);
    const second = new Participant(b!, spec, 'journeys');
    await until(() => second.running.length === 3, 'the second', 5_000);
    await second.stop();
  });
}
