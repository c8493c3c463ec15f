import { z } from 'zod';
import { timeMs } from './time.ts';

/** Event types, as in the CloudEvents attribute `type`. */
export const eventTypes = {
  interactionClosed: 'seam.interaction.closed.v1',
  interactionHandedOff: 'seam.interaction.handed_off.v1',
  customerChurned: 'seam.customer.churned.v1',
  surveySent: 'seam.survey.sent.v1',
  surveyAnswered: 'seam.survey.answered.v1',
  changeRecorded: 'seam.change.recorded.v1',
} as const;
export type EventType = (typeof eventTypes)[keyof typeof eventTypes];

export const handoffCauses = [
  'customer_request',
  'policy',
  'low_confidence',
  'negative_emotion',
  'repeat_contact',
  'technical',
] as const;
export const instruments = ['csat', 'ces', 'nps'] as const;
export const valueBands = ['low', 'mid', 'high', 'top'] as const;
export const complexities = ['low', 'medium', 'high'] as const;
export const decisionKinds = ['claim_denial', 'account_restriction', 'dispute_resolution', 'other'] as const;

/** Lowest and highest score of each instrument. */
export const scoreRange = { csat: [1, 5], ces: [1, 7], nps: [0, 10] } as const satisfies Record<
  (typeof instruments)[number],
  readonly [number, number]
>;

/** Of one interaction. */
export const mostHandoffs = 50;

const id = z.string().min(1).max(200);
/** Names that become part of a cell: short, and free of the separators that cells and line protocol use. */
const label = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[^|\p{Cc}]*$/u, 'must not contain "|" or control characters');
const time = z.iso.datetime({ offset: true });
const share = z.number().min(0).max(1);

export const handoffSchema = z.object({
  at: time,
  cause: z.enum(handoffCauses),
  answeredAt: time.nullable(),
});

export const interactionClosedSchema = z.object({
  interactionId: id,
  customerId: id.nullable(),
  startedAt: time,
  closedAt: time,
  startedWith: z.enum(['ai', 'human']),
  handoffs: z.array(handoffSchema).max(mostHandoffs),
  category: label,
  channel: label,
  market: label.optional(),
  language: label.optional(),
  complexity: z.enum(complexities).optional(),
  emotion: z.number().min(-1).max(1).optional(),
  customer: z
    .object({
      valueBand: z.enum(valueBands).optional(),
      annualValue: z.number().min(0).optional(),
      churnRisk: share.optional(),
    })
    .optional(),
  modelVersion: label.optional(),
  claimedResolved: z.boolean().nullable(),
  abandoned: z.boolean(),
  turns: z.int().min(0).optional(),
  handleTimeMs: z.number().min(0).optional(),
  decision: z
    .object({
      kind: z.enum(decisionKinds),
      adverse: z.boolean(),
      decidedBy: z.enum(['ai', 'human']),
      humanAvailable: z.boolean(),
      humanReviewed: z.boolean(),
    })
    .optional(),
});

export const interactionHandedOffSchema = z.object({
  interactionId: id,
  customerId: id.nullable(),
  at: time,
  cause: z.enum(handoffCauses),
  category: label.optional(),
  channel: label.optional(),
});

export const customerChurnedSchema = z.object({ customerId: id, churnedAt: time });

export const surveySentSchema = z.strictObject({
  surveyId: id,
  interactionId: id,
  customerId: id.nullable(),
  instrument: z.enum(instruments),
  sentAt: time,
});

/** Strict: free text is refused, not stored. */
export const surveyAnsweredSchema = z.strictObject({
  surveyId: id,
  interactionId: id,
  customerId: id.nullable(),
  instrument: z.enum(instruments),
  score: z.int(),
  answeredAt: time,
});

export const changeRecordedSchema = z.object({
  changeId: id,
  at: time,
  kind: z.enum(['model_release', 'prompt', 'routing', 'staffing', 'incident', 'other']),
  title: z.string().min(1).max(200),
  category: label.optional(),
  modelVersion: label.optional(),
  url: z.url().optional(),
});

export const dataSchemas = {
  [eventTypes.interactionClosed]: interactionClosedSchema,
  [eventTypes.interactionHandedOff]: interactionHandedOffSchema,
  [eventTypes.customerChurned]: customerChurnedSchema,
  [eventTypes.surveySent]: surveySentSchema,
  [eventTypes.surveyAnswered]: surveyAnsweredSchema,
  [eventTypes.changeRecorded]: changeRecordedSchema,
} as const;

export type InteractionClosed = z.infer<typeof interactionClosedSchema>;
export type InteractionHandedOff = z.infer<typeof interactionHandedOffSchema>;
export type CustomerChurned = z.infer<typeof customerChurnedSchema>;
export type SurveySent = z.infer<typeof surveySentSchema>;
export type SurveyAnswered = z.infer<typeof surveyAnsweredSchema>;
export type ChangeRecorded = z.infer<typeof changeRecordedSchema>;
export type HandoffCause = (typeof handoffCauses)[number];
export type Instrument = (typeof instruments)[number];
export type ValueBand = (typeof valueBands)[number];
export type Complexity = (typeof complexities)[number];

export type SeamEvent =
  | { type: typeof eventTypes.interactionClosed; data: InteractionClosed }
  | { type: typeof eventTypes.interactionHandedOff; data: InteractionHandedOff }
  | { type: typeof eventTypes.customerChurned; data: CustomerChurned }
  | { type: typeof eventTypes.surveySent; data: SurveySent }
  | { type: typeof eventTypes.surveyAnswered; data: SurveyAnswered }
  | { type: typeof eventTypes.changeRecorded; data: ChangeRecorded };

/** The time that an event is dated by: closes by `closedAt`, answers by `answeredAt`, and so on. */
export function eventTimeMs(event: SeamEvent): number {
  switch (event.type) {
    case eventTypes.interactionClosed:
      return timeMs(event.data.closedAt);
    case eventTypes.interactionHandedOff:
    case eventTypes.changeRecorded:
      return timeMs(event.data.at);
    case eventTypes.customerChurned:
      return timeMs(event.data.churnedAt);
    case eventTypes.surveySent:
      return timeMs(event.data.sentAt);
    case eventTypes.surveyAnswered:
      return timeMs(event.data.answeredAt);
  }
}

/** The topic (without prefix) that carries an event type. */
export function topicOf(type: EventType): 'interactions' | 'surveys' | 'changes' {
  switch (type) {
    case eventTypes.surveySent:
    case eventTypes.surveyAnswered:
      return 'surveys';
    case eventTypes.changeRecorded:
      return 'changes';
    default:
      return 'interactions';
  }
}

/** The record key: the customer, else the interaction, so that one customer's events share a partition. */
export function keyOf(event: SeamEvent): string | null {
  if (event.type === eventTypes.changeRecorded) return null;
  if (event.type === eventTypes.customerChurned) return event.data.customerId;
  return event.data.customerId ?? event.data.interactionId;
}
