import { decodeRebased, rebaseActSchema } from '@seamwatch/contracts/rebasing.ts';
import type { SegmentsRecord } from '@seamwatch/contracts/records.ts';
import { expect, test } from 'vitest';
import { contents, openStore } from '../testing/store.ts';
import { rebase } from './rebase.ts';

const asked = { segment: 'path:seam', measure: 'csat', by: 'Ada', reason: 'new survey' } as const;
const segments: SegmentsRecord = {
  kind: 'segments',
  segments: [{ id: 'path:seam', title: 'Handed off', where: { path: ['seam'] } }],
};

test('who re-bases what and why stands in the audit log, and the entry among the rollups says only what', async () => {
  const log = openStore();
  await log.append([{ topic: 'rates', key: '~segments', value: JSON.stringify(segments) }]);
  await rebase(log, asked, Date.parse('2026-03-09T12:00:00Z'));
  const [audit] = await contents(log, 'audit');
  expect(rebaseActSchema.parse(JSON.parse(audit!.text))).toMatchObject({
    ...asked,
    kind: 'baseline_rebased',
    requestedAt: '2026-03-09T12:00:00.000Z',
  });
  const [entry] = await contents(log, 'rollups');
  expect(decodeRebased(entry!)).toEqual({
    segment: 'path:seam',
    measure: 'csat',
    requestedAt: '2026-03-09T12:00:00.000Z',
  });
  expect(entry!.text).not.toContain('Ada');
});

test('a segment that is not there is refused with those that are, and nothing is written', async () => {
  const log = openStore();
  await log.append([{ topic: 'rates', key: '~segments', value: JSON.stringify(segments) }]);
  await expect(rebase(log, { ...asked, segment: 'seam' }, 0)).rejects.toThrow(
    'no segment "seam"; there are: path:seam',
  );
  expect(await contents(log, 'audit', 'rollups')).toEqual([]);
});
