import type { CloudEvent } from './cloudevents.ts';
import type { InteractionClosed, SurveyAnswered } from './events.ts';

/** An event in structured mode; `type` as in `survey.answered`. */
export const cloudEvent = <Data>(id: string, type: string, data: Data): CloudEvent<Data> => ({
  specversion: '1.0',
  id,
  source: '/test',
  type: `seam.${type}.v1`,
  data,
});

/** An interaction that the AI takes and resolves in no time; `at` in RFC 3339. */
export const closedInteraction = (
  interactionId: string,
  at: string,
  changes: Partial<InteractionClosed> = {},
): InteractionClosed => ({
  interactionId,
  customerId: null,
  startedAt: at,
  closedAt: at,
  startedWith: 'ai',
  handoffs: [],
  category: 'faq',
  channel: 'chat',
  claimedResolved: true,
  abandoned: false,
  ...changes,
});

/** A satisfied answer; `at` in RFC 3339. */
export const answeredSurvey = (
  surveyId: string,
  interactionId: string,
  at: string,
  changes: Partial<SurveyAnswered> = {},
): SurveyAnswered => ({
  surveyId,
  interactionId,
  customerId: null,
  instrument: 'csat',
  score: 4,
  answeredAt: at,
  ...changes,
});
