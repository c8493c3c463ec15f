import { sourceName, type Unit, UnitFenced } from '@seamwatch/core/ports/event-log.ts';
import { expect, test } from 'vitest';
import type { OpenLogs } from './fixture.ts';
import { commitPosition, idlePollMs, Participant, record, text, until, values } from './fixture.ts';

const spec = { group: 'segments', topics: ['rollups', 'changes'] } as const;

export function unitContract(open: OpenLogs): void {
  test('a unit reads its own partition of each topic, and restores its own partition of a changelog', async () => {
    const [log] = await open(1);
    await log!.append(
      [0, 1, 2].flatMap((p) => [record('interactions', 'k', `i${p}`, p), record('surveys', 'k', `s${p}`, p)]),
    );
    await log!.append([0, 1, 2].map((p) => record('journeys', 'customer', `state ${p}`, p)));
    const owner = new Participant(
      log!,
      { group: 'journeys', topics: ['interactions', 'surveys'] },
      'journeys',
    );
    await until(() => owner.owned.length === 3 && owner.owned.every((o) => o.read.size === 2), 'three units');
    for (const { unit, restored, read } of owner.owned) {
      const p = unit.partition;
      expect(unit.sources.map(sourceName).sort()).toEqual([`interactions-${p}`, `surveys-${p}`]);
      expect(restored).toEqual(new Map([['customer', `state ${p}`]]));
      await until(
        () => read.get(`interactions-${p}`)?.length === 1 && read.get(`surveys-${p}`)?.length === 1,
        'input',
      );
    }
    expect(new Set(owner.owned.map((o) => o.unit.name)).size).toBe(3);
    await owner.stop();
  });

  test('a commit puts outputs, changelog and group positions into the log together', async () => {
    const [log] = await open(1);
    const owner = new Participant(log!, spec, 'state');
    await until(() => owner.owned.length === 1, 'the unit');
    await owner.owned[0]!.unit.commit(
      [
        record('alerts', 'a', 'alert'),
        record('rates', 'a', 'rate'),
        record('rates', 'b', 'rate 2'),
        record('state', 's', 'state'),
      ],
      new Map([['rollups-0', 7]]),
    );
    expect(await values(log!, 'alerts')).toEqual(['alert']);
    expect(await values(log!, 'rates')).toEqual(['rate', 'rate 2']);
    expect(await values(log!, 'state')).toEqual(['state']);
    const stored = () => log!.groupPositions('segments', ['rollups', 'changes']);
    await expect.poll(stored).toEqual(new Map([['rollups-0', 7]]));
    await owner.stop();
  });

  test('a commit of positions alone, and one of nothing, are taken', async () => {
    const [log] = await open(1);
    const owner = new Participant(log!, spec, 'state');
    await until(() => owner.owned.length === 1, 'the unit');
    const { unit } = owner.owned[0]!;
    for (let i = 1; i <= 5; i++) await unit.commit([], new Map([['changes-0', i]]));
    await unit.commit([], new Map());
    // Shown for lag only, and so a little later.
    const stored = () => log!.groupPositions('segments', ['changes']);
    await expect.poll(stored).toEqual(new Map([['changes-0', 5]]));
    await owner.stop();
  });

  test('a commit that cannot be taken whole is not taken at all', async () => {
    const [log] = await open(1);
    const owner = new Participant(log!, spec, 'state');
    await until(() => owner.owned.length === 1, 'the unit');
    const { unit } = owner.owned[0]!;
    const bad = [record('alerts', 'a', 'half'), record('rollups', null, 'no such partition', 9)];
    await expect(unit.commit(bad, new Map())).rejects.toMatchObject({ code: 'SEAM_KAFKA_TOPIC' });
    expect(await values(log!, 'alerts')).toEqual([]);
    await owner.stop();
  });

  test('restore gives the newest record per key last, tombstones as null, and then the unit goes on from its positions', async () => {
    const [log] = await open(1);
    await log!.append(Array.from({ length: 10 }, (_, i) => record('rollups', 'r', String(i))));
    const first = new Participant(log!, spec, 'state', async ({ unit }, batch) => {
      for (const r of batch.records.slice(0, 6)) {
        const upTo = { ...batch, records: batch.records.slice(0, batch.records.indexOf(r) + 1) };
        await commitPosition(unit, 'state', upTo, [
          record('state', 'last', text(r)),
          record('state', `k${r.offset}`, 'x'),
          record('state', 'k1', null),
        ]);
      }
    });
    await until(() => (first.owned[0]?.read.get('rollups-0')?.length ?? 0) >= 6, 'first owner');
    await first.stop();

    const second = new Participant(log!, spec, 'state');
    await until(() => (second.owned[0]?.read.get('rollups-0')?.length ?? 0) >= 4, 'second owner');
    const { restored, read } = second.owned[0]!;
    expect(restored.get('last')).toBe('5');
    expect(restored.get('k5')).toBe('x');
    expect(restored.get('k1') ?? null).toBeNull();
    expect(restored.get('position:rollups-0')).toBe('6');
    expect(read.get('rollups-0')!.map(text)).toEqual(['6', '7', '8', '9']);
    await second.stop();
  });

  test('at the end of a source the owner sees an empty batch whose end it has reached', async () => {
    const [log] = await open(1);
    const writer = new Participant(log!, { group: 'writer', topics: ['changes'] }, 'state');
    await until(() => writer.owned.length === 1, 'writer');
    // Written in transactions, so that the last offset of a Kafka partition is a marker, not a record.
    for (let i = 0; i < 3; i++)
      await writer.owned[0]!.unit.commit([record('rollups', 'r', String(i))], new Map());

    const reader = new Participant(log!, spec, 'state');
    const atEnd = (source: string, position: number) =>
      (reader.owned[0]?.batches ?? []).some(
        (b) => sourceName(b.source) === source && b.records.length === 0 && position >= b.end,
      );
    await until(() => reader.owned[0]?.read.get('rollups-0')?.length === 3, 'three records');
    const position = reader.owned[0]!.read.get('rollups-0')!.at(-1)!.offset + 1;
    await until(() => atEnd('rollups-0', position), 'end of rollups');
    await until(() => atEnd('changes-0', 0), 'end of the empty source');

    const seen = reader.owned[0]!.batches.length;
    await until(() => reader.owned[0]!.batches.length >= seen + 4, 'empty batches go on coming');
    await writer.owned[0]!.unit.commit([record('rollups', 'r', 'late')], new Map());
    await until(() => reader.owned[0]!.read.get('rollups-0')?.length === 4, 'the late record');
    await Promise.all([reader.stop(), writer.stop()]);
  });

  test('a source that is not wanted is not read until it is', async () => {
    const [log] = await open(1);
    await log!.append([record('rollups', 'r', '1'), record('changes', null, 'c')]);
    let open_ = false;
    const seen: string[] = [];
    const stop = new AbortController();
    const done = log!.participate(
      spec,
      async (unit) => {
        const options = { positions: new Map(), idlePollMs, signal: stop.signal };
        const wanted = ({ topic }: { topic: string }) => open_ || topic === 'changes';
        for await (const batch of unit.batches({ ...options, wanted })) {
          if (batch.records.length > 0) seen.push(batch.source.topic);
        }
      },
      stop.signal,
    );
    await until(() => seen.includes('changes'), 'the wanted source');
    await new Promise((resolve) => setTimeout(resolve, 5 * idlePollMs));
    expect(seen).toEqual(['changes']);
    open_ = true;
    await until(() => seen.includes('rollups'), 'the source that is wanted now');
    stop.abort();
    await done;
  });

  test('a slow owner gets its input in bounded batches and nothing is lost', async () => {
    const [log] = await open(1);
    const value = Buffer.alloc(100_000);
    for (let i = 0; i < 10; i++) {
      await log!.append(Array.from({ length: 10 }, () => ({ topic: 'rollups', key: null, value }) as const));
    }
    let sum = 0;
    let largest = 0;
    const owner = new Participant(log!, spec, 'state', async (_, batch) => {
      const bytes = batch.records.reduce((n, r) => n + r.value!.length, 0);
      sum += bytes;
      largest = Math.max(largest, bytes);
      await new Promise((resolve) => setTimeout(resolve, 30));
    });
    await until(() => sum === 10_000_000, 'all of it');
    expect(largest).toBeLessThanOrEqual(1_200_000);
    expect(owner.owned[0]!.read.get('rollups-0')!.map((r) => r.offset)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
    await owner.stop();
  });

  test('after close nothing more is committed', async () => {
    const [log] = await open(1);
    const owner = new Participant(log!, spec, 'state');
    await until(() => owner.owned.length === 1, 'the unit');
    const { unit } = owner.owned[0]!;
    await owner.stop();
    await expect(unit.commit([record('alerts', 'a', 'too late')], new Map())).rejects.toBeInstanceOf(
      UnitFenced,
    );
    expect(await values(log!, 'alerts')).toEqual([]);
  });

  test('an error of the owner ends the participation', async () => {
    const [log] = await open(1);
    const run = async (_: Unit) => {
      throw new Error('owner gave up');
    };
    await expect(log!.participate(spec, run, new AbortController().signal)).rejects.toThrow('owner gave up');
  });

  test('topics with different partition counts are not read together', async () => {
    const [log] = await open(1);
    const mixed = { group: 'mixed', topics: ['interactions', 'rollups'] } as const;
    await expect(log!.participate(mixed, async () => {}, new AbortController().signal)).rejects.toMatchObject(
      {
        code: 'SEAM_KAFKA_TOPIC',
      },
    );
  });
}
