import { maxEventBytes } from '@seamwatch/contracts/cloudevents.ts';
import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import { eventTypes } from '@seamwatch/contracts/events.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { RandomStream } from './random.ts';

/** One bad record: what it holds, and the code with which it has to be refused. */
export interface BadInput {
  value: string | Uint8Array;
  expected: ErrorCode;
}

interface Moment {
  nowMs: number;
  /** Unique among the bad records. */
  id: string;
  random: RandomStream;
}

const envelope = (id: string, type: string, data: unknown): string =>
  JSON.stringify({ specversion: '1.0', id, source: '/simulator/bad-input', type, data });

const interaction = (id: string, closedMs: number) => ({
  interactionId: id,
  customerId: null,
  startedAt: toRfc3339(closedMs - 5 * minuteMs),
  closedAt: toRfc3339(closedMs),
  startedWith: 'ai',
  handoffs: [],
  category: 'faq',
  channel: 'chat',
  claimedResolved: true,
  abandoned: false,
});

const answer = (id: string, atMs: number, score: number) => ({
  surveyId: id,
  interactionId: `unknown-${id}`,
  customerId: null,
  instrument: 'csat',
  score,
  answeredAt: toRfc3339(atMs),
});

const closed = (id: string, data: unknown): string => envelope(id, eventTypes.interactionClosed, data);

const makers: readonly ((moment: Moment) => BadInput)[] = [
  ({ nowMs, id }) => ({ value: closed(id, interaction(id, nowMs)).slice(0, -40), expected: 'SEAM_NOT_JSON' }),
  () => ({ value: new Uint8Array([0xff, 0xfe, 0x7b, 0x00]), expected: 'SEAM_NOT_JSON' }),
  ({ nowMs, id }) => ({
    value: JSON.stringify(interaction(id, nowMs)),
    expected: 'SEAM_NOT_CLOUDEVENT',
  }),
  ({ nowMs, id }) => ({
    value: envelope(id, 'seam.interaction.reopened.v1', interaction(id, nowMs)),
    expected: 'SEAM_UNKNOWN_TYPE',
  }),
  ({ nowMs, id }) => ({
    value: closed(id, { ...interaction(id, nowMs), abandoned: 'no' }),
    expected: 'SEAM_WRONG_SHAPE',
  }),
  ({ nowMs, id }) => ({
    value: closed(id, { ...interaction(id, nowMs), startedAt: toRfc3339(nowMs + minuteMs) }),
    expected: 'SEAM_WRONG_TIMES',
  }),
  ({ nowMs, id }) => ({
    value: envelope(id, eventTypes.surveyAnswered, answer(id, nowMs, 6)),
    expected: 'SEAM_SCORE_RANGE',
  }),
  ({ nowMs, id }) => ({
    value: envelope(id, eventTypes.surveyAnswered, answer(id, nowMs, 5)),
    expected: 'SEAM_SURVEY_ORPHAN',
  }),
  ({ nowMs, id, random }) => ({
    value: closed(id, interaction(id, nowMs + (6 + 600 * random.uniform()) * minuteMs)),
    expected: 'SEAM_EVENT_FUTURE',
  }),
  ({ nowMs, id, random }) => ({
    value: closed(id, interaction(id, nowMs - (8 + 20 * random.uniform()) * dayMs)),
    expected: 'SEAM_EVENT_TOO_LATE',
  }),
  ({ nowMs, id }) => ({
    value: closed(id, { ...interaction(id, nowMs), note: 'x'.repeat(maxEventBytes) }),
    expected: 'SEAM_EVENT_TOO_LARGE',
  }),
];

/** Draws a bad record of any kind. */
export function drawBadInput(moment: Moment): BadInput {
  return makers[moment.random.below(makers.length)]!(moment);
}
