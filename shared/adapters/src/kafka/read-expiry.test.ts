import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import { expiryOf } from './read-expiry.ts';

const unlimited = '9223372036854775807';

test('retention deletes a record with its segment', () => {
  const settings = { 'cleanup.policy': 'delete', 'retention.ms': `${30 * dayMs}`, 'segment.ms': `${dayMs}` };
  expect(expiryOf(new Map(Object.entries(settings)))).toEqual({
    retainedMs: 31 * dayMs + hourMs,
    supersededMs: null,
    tombstoneMs: null,
  });
});

test('compaction bounds older values by its largest lag, and keys by the tombstones that follow', () => {
  const settings = {
    'cleanup.policy': 'compact',
    'retention.ms': '-1',
    'segment.ms': `${dayMs}`,
    'max.compaction.lag.ms': `${2 * dayMs}`,
    'delete.retention.ms': `${dayMs}`,
  };
  expect(expiryOf(new Map(Object.entries(settings)))).toEqual({
    retainedMs: null,
    supersededMs: 2 * dayMs + hourMs,
    tombstoneMs: 5 * dayMs + 2 * hourMs,
  });
});

test('nothing bounds a compacted topic without a largest lag', () => {
  const settings = { 'cleanup.policy': 'compact', 'retention.ms': '-1', 'max.compaction.lag.ms': unlimited };
  expect(expiryOf(new Map(Object.entries(settings)))).toEqual({
    retainedMs: null,
    supersededMs: null,
    tombstoneMs: null,
  });
});
