import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignUnits, type Claim } from './assignor.ts';
import { nextSequence } from './producer.ts';

const claim = (member: string, units: number[] = [], generation = 1): Claim => ({
  member,
  units,
  generation,
});

describe('assigning units', () => {
  test('a first member gets all', () => {
    expect(assignUnits([claim('a')], 3)).toEqual(new Map([['a', [0, 1, 2]]]));
  });

  test('members that come together share evenly', () => {
    const shares = [...assignUnits([claim('a'), claim('b')], 5).values()].map((units) => units.length);
    expect(shares).toEqual([3, 2]);
  });

  test('a unit that has to move goes to nobody until its holder lets go', () => {
    const round1 = assignUnits([claim('a', [0, 1, 2]), claim('b')], 3);
    expect(round1).toEqual(
      new Map([
        ['a', [0, 1]],
        ['b', []],
      ]),
    );
    const round2 = assignUnits([claim('a', [0, 1], 2), claim('b', [], 2)], 3);
    expect(round2).toEqual(
      new Map([
        ['a', [0, 1]],
        ['b', [2]],
      ]),
    );
  });

  test('with one unit the others stand by', () => {
    expect(assignUnits([claim('a'), claim('b', [0]), claim('c')], 1).get('b')).toEqual([0]);
  });

  test('a member that was thought dead does not get back what another has taken since', () => {
    const shares = assignUnits([claim('back', [0, 1], 3), claim('new', [0, 1], 5)], 2);
    expect(shares).toEqual(
      new Map([
        ['new', [0]],
        ['back', []],
      ]),
    );
  });

  test('rounds end with every unit held once, shares even, and nothing moved in vain', () => {
    const scene = fc.record({
      count: fc.integer({ min: 1, max: 20 }),
      members: fc.integer({ min: 1, max: 8 }),
      owners: fc.array(fc.nat(9), { minLength: 20, maxLength: 20 }),
    });
    fc.assert(
      fc.property(scene, ({ count, members, owners }) => {
        // Owners beyond the members are free units.
        let held = new Map(
          Array.from({ length: members }, (_, m) => [
            `m${m}`,
            owners.slice(0, count).flatMap((owner, unit) => (owner === m ? [unit] : [])),
          ]),
        );
        const least = Math.floor(count / members);
        const first = held;
        for (let round = 0; round < 3; round++) {
          const assigned = assignUnits(
            [...held].map(([m, units]) => claim(m, units, round)),
            count,
          );
          for (const [m, units] of assigned) {
            for (const unit of units) {
              const holder = [...held].find(([, has]) => has.includes(unit))?.[0];
              expect(holder === undefined || holder === m).toBe(true);
            }
          }
          held = assigned;
        }
        expect([...held.values()].flat().sort((a, b) => a - b)).toEqual(
          Array.from({ length: count }, (_, i) => i),
        );
        for (const units of held.values()) {
          expect(units.length).toBeGreaterThanOrEqual(least);
          expect(units.length).toBeLessThanOrEqual(least + 1);
        }
        for (const [m, units] of first) {
          const kept = units.filter((unit) => held.get(m)!.includes(unit)).length;
          expect(kept).toBeGreaterThanOrEqual(Math.min(units.length, least));
        }
      }),
    );
  });
});

test('sequence numbers run on from 2³¹ − 1 to 0', () => {
  expect(nextSequence(0, 5)).toBe(5);
  expect(nextSequence(0x7fff_ffff, 1)).toBe(0);
  expect(nextSequence(0x7fff_fffe, 3)).toBe(1);
});
