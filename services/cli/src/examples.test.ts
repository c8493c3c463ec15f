import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudEvent } from '@seamwatch/contracts/cloudevents.ts';
import { decodeEnvelope } from '@seamwatch/contracts/cloudevents.ts';
import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import { describe, expect, it } from 'vitest';
import map, * as bank from '../../../examples/mappings/anonymous-bank.ts';
import { localTime, type MappingModule, type MapRow, type RowContext } from './mapping.ts';
import { replayFiles } from './replay/replay-files.ts';
import { temporaryFolder } from './testing/store.ts';

const call: Record<(typeof bank.columns)[number], string> = {
  'vru+line': 'AA0199',
  call_id: '40001',
  customer_id: '5550001',
  priority: '1',
  type: 'PS',
  date: '990214',
  vru_entry: '9:15:02',
  vru_exit: '9:15:12',
  vru_time: '10',
  q_start: '0:00:00',
  q_exit: '0:00:00',
  outcome: 'AGENT',
  ser_start: '0:00:00',
  ser_exit: '0:00:00',
};

const context: RowContext = {
  file: 'calls.txt',
  line: 2,
  localTime: (text) => localTime(text, bank.timeZone),
  event: (id, type, data) => ({ specversion: '1.0', id, source: '/replay/calls.txt', type, data }),
};

function interaction(changes: Partial<typeof call>): InteractionClosed {
  const mapped = map({ ...call, ...changes }, context) as CloudEvent<InteractionClosed>;
  expect(decodeEnvelope(mapped)).toMatchObject({ ok: true });
  return mapped.data;
}

describe('the mapping of the Anonymous Bank', () => {
  it('takes a call that stays in the voice response unit as handled by the AI', () => {
    expect(interaction({})).toEqual({
      interactionId: 'AA0199-40001-990214',
      customerId: '5550001',
      startedAt: '1999-02-14T07:15:02.000Z',
      closedAt: '1999-02-14T07:15:12.000Z',
      startedWith: 'ai',
      handoffs: [],
      category: 'PS',
      channel: 'phone',
      customer: { valueBand: 'mid' },
      claimedResolved: null,
      abandoned: false,
    });
  });

  it('takes a queue or a service as a handoff at the end of the voice response unit', () => {
    const waited = { q_start: '9:15:12', q_exit: '9:16:40', ser_start: '9:16:39', ser_exit: '9:20:00' };
    expect(interaction({ ...waited, priority: '2' })).toMatchObject({
      handoffs: [{ at: '1999-02-14T07:15:12.000Z', answeredAt: '1999-02-14T07:16:39.000Z' }],
      closedAt: '1999-02-14T07:20:00.000Z',
      abandoned: false,
      customer: { valueBand: 'high' },
    });
  });

  it('takes a caller who leaves the queue as lost at the seam', () => {
    expect(interaction({ q_start: '9:15:12', q_exit: '9:17:00', outcome: 'HANG' })).toMatchObject({
      handoffs: [{ answeredAt: null }],
      closedAt: '1999-02-14T07:17:00.000Z',
      abandoned: true,
    });
  });

  it('takes an answer before the handoff, by another clock, as no wait', () => {
    const { handoffs } = interaction({ ser_start: '9:15:11', ser_exit: '9:16:00' });
    expect(handoffs[0]!.answeredAt).toBe(handoffs[0]!.at);
  });

  it('takes a call over midnight into the next day', () => {
    const night = { vru_entry: '23:59:40', vru_exit: '23:59:54', q_start: '23:59:54', q_exit: '0:00:27' };
    expect(interaction({ ...night, ser_start: '0:00:26', ser_exit: '0:01:33' })).toMatchObject({
      handoffs: [{ at: '1999-02-14T21:59:54.000Z', answeredAt: '1999-02-14T22:00:26.000Z' }],
      closedAt: '1999-02-14T22:01:33.000Z',
    });
  });

  it('takes customer 0 as unidentified', () => {
    expect(interaction({ customer_id: '0' }).customerId).toBeNull();
  });

  it('skips phantoms, and calls times that go backwards bad', () => {
    expect(map({ ...call, outcome: 'PHANTOM' }, context)).toBe('skip');
    expect(map({ ...call, vru_exit: '9:14:00', vru_time: '-62' }, context)).toEqual({
      bad: 'vru_exit 9:14:00 is before vru_entry 9:15:02',
    });
    expect(map({ ...call, vru_time: '-8' }, context)).toEqual({ bad: 'vru_time -8 is negative' });
    expect(() => map({ ...call, vru_entry: 'noon' }, context)).toThrow('"noon" is no time');
  });

  it('is read from a tab-separated file, in which quotes mean nothing', async () => {
    const rows = [bank.columns, Object.values(call), Object.values({ ...call, call_id: '"7' }), ['AA0199']];
    const file = join(temporaryFolder(), 'calls.txt');
    writeFileSync(file, rows.map((row) => row.join('\t')).join('\r\n'));
    const mapping: MappingModule = { ...bank, default: map as MapRow };
    const summary = await replayFiles({
      files: [file],
      mapping,
      target: undefined,
      history: false,
      allowedLatenessMs: 0,
    });
    expect(summary).toMatchObject({
      read: 3,
      events: { interactions: 2 },
      deadLettered: { SEAM_REPLAY_ROW: 1 },
    });
  });
});
