import { expect, test } from 'vitest';
import { decodeEvent } from './cloudevents.ts';

const closed = {
  interactionId: 'i-1',
  customerId: 'c-1',
  startedAt: '2026-03-01T10:00:00Z',
  closedAt: '2026-03-01T10:05:00Z',
  startedWith: 'ai',
  handoffs: [],
  category: 'returns',
  channel: 'chat',
  claimedResolved: true,
  abandoned: false,
};
const envelope = (type: string, data: unknown) =>
  JSON.stringify({ specversion: '1.0', id: 'e-1', source: '/test', type, data });
const answer = (score: unknown, extra = {}) =>
  envelope('seam.survey.answered.v1', {
    surveyId: 's',
    interactionId: 'i-1',
    customerId: null,
    instrument: 'csat',
    score,
    answeredAt: '2026-03-01T11:00:00Z',
    ...extra,
  });
const code = (value: string | Uint8Array | null, headers = {}) => {
  const decoded = decodeEvent(value, headers);
  return decoded.ok ? 'ok' : decoded.code;
};

test('a structured event is read, as text and as bytes', () => {
  const value = envelope('seam.interaction.closed.v1', closed);
  expect(code(value)).toBe('ok');
  expect(code(new TextEncoder().encode(value))).toBe('ok');
});

test('binary mode takes the envelope from the headers', () => {
  const headers = {
    ce_specversion: '1.0',
    ce_id: 'e',
    ce_source: '/x',
    ce_type: 'seam.interaction.closed.v1',
  };
  expect(code(JSON.stringify(closed), headers)).toBe('ok');
  expect(code(JSON.stringify(closed), { ...headers, ce_id: undefined, ce_specversion: '1.0' })).toBe(
    'SEAM_NOT_CLOUDEVENT',
  );
});

test.each([
  [null, 'SEAM_NOT_JSON'],
  ['{"specversion":', 'SEAM_NOT_JSON'],
  [new Uint8Array([0xff, 0xfe, 0x7b]), 'SEAM_NOT_JSON'],
  ['[]', 'SEAM_NOT_CLOUDEVENT'],
  ['null', 'SEAM_NOT_CLOUDEVENT'],
  [envelope('seam.interaction.closed.v9', closed), 'SEAM_UNKNOWN_TYPE'],
  [envelope('toString', closed), 'SEAM_UNKNOWN_TYPE'],
  [envelope('seam.interaction.closed.v1', { ...closed, category: 7 }), 'SEAM_WRONG_SHAPE'],
  [envelope('seam.interaction.closed.v1', { ...closed, category: 'a|b' }), 'SEAM_WRONG_SHAPE'],
  [envelope('seam.interaction.closed.v1', { ...closed, closedAt: '1 March' }), 'SEAM_WRONG_SHAPE'],
  [
    envelope('seam.interaction.closed.v1', { ...closed, closedAt: '2026-03-01T09:00:00Z' }),
    'SEAM_WRONG_TIMES',
  ],
  [answer(6), 'SEAM_SCORE_RANGE'],
  [answer(0), 'SEAM_SCORE_RANGE'],
  [answer(3.5), 'SEAM_WRONG_SHAPE'],
  [answer(3, { comment: 'the bot was rude' }), 'SEAM_WRONG_SHAPE'],
  [' '.repeat(70_000), 'SEAM_EVENT_TOO_LARGE'],
] as const)('bad input is a value with its reason (%#)', (value, expected) => {
  expect(code(value)).toBe(expected);
});

test('a refusal says where and what was found', () => {
  expect(decodeEvent(answer(9))).toEqual({
    ok: false,
    code: 'SEAM_SCORE_RANGE',
    path: 'data.score',
    found: '9, where 1 to 5 is right',
  });
});
