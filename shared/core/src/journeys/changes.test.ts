import { closedInteraction } from '@seamwatch/contracts/cloudevents.fixture.ts';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import { toRfc3339 } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import { recordOf } from '../segments/pipeline.fixture.ts';
import { Journeys } from './journeys.ts';

const t0 = Date.parse('2026-03-01T00:00:00Z');
const make = () =>
  new Journeys({ partition: 0, policy: policySchema.parse({ version: 1 }), hashKey: new Uint8Array(16) });

test('state of another version is refused; that of the first, which did not say its version, is taken', () => {
  const journeys = make();
  journeys.apply('interactions', recordOf({ data: closedInteraction('i1', toRfc3339(t0)) }, 7, t0));
  const clocks = journeys.commit().changelog.find(({ key }) => key === '~')!.value as Uint8Array;
  const restored = (value: Uint8Array) => {
    const other = make();
    other.restore('~', value);
    return other.restored().get('interactions-0');
  };
  const first = clocks.subarray(0, -1);
  expect([restored(clocks), restored(first)]).toEqual([8, 8]);
  const later = Uint8Array.from([...first, 4]);
  expect(() => restored(later)).toThrow(expect.objectContaining({ code: 'SEAM_STORE_VERSION' }));
});
