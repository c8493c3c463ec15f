import {
  type CustomerChurned,
  eventTimeMs,
  eventTypes,
  type HandoffCause,
  type Instrument,
  type InteractionClosed,
  type InteractionHandedOff,
  type SeamEvent,
  type ValueBand,
} from './events.ts';
import { timeMs } from './time.ts';

/** What stage A takes from an event; times in ms since 1970. `timeMs` is the time that the event is dated by. */
export type EventFacts = ClosedFacts | SurveyFacts | HandedOffFacts | ChurnedFacts | OtherFacts;

/** Bytes from one place up to another. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** Where the UTF-8 of an id stands: it is hashed from there. */
export type Id = Span;

export function idOf(text: string): Id {
  const bytes = encoder.encode(text);
  return { bytes, from: 0, to: bytes.length };
}

const encoder = new TextEncoder();

export interface ClosedFacts
  extends Pick<
    InteractionClosed,
    | 'startedWith'
    | 'category'
    | 'channel'
    | 'market'
    | 'language'
    | 'complexity'
    | 'emotion'
    | 'modelVersion'
    | 'claimedResolved'
    | 'abandoned'
  > {
  type: typeof eventTypes.interactionClosed;
  interactionId: Id;
  customerId: Id | null;
  /** Of the close. */
  timeMs: number;
  startMs: number;
  handoffs: readonly HandoffFacts[];
  valueBand?: ValueBand | undefined;
}

export interface HandoffFacts {
  atMs: number;
  cause: HandoffCause;
  /** Null where nobody answered. */
  answeredMs: number | null;
}

export interface SurveyFacts {
  type: typeof eventTypes.surveySent | typeof eventTypes.surveyAnswered;
  timeMs: number;
  surveyId: Id;
  interactionId: Id;
  instrument: Instrument;
  /** Null where it was sent, and not answered. */
  score: number | null;
}

interface HandedOffFacts {
  type: typeof eventTypes.interactionHandedOff;
  timeMs: number;
  data: InteractionHandedOff;
}

interface ChurnedFacts {
  type: typeof eventTypes.customerChurned;
  timeMs: number;
  data: CustomerChurned;
}

interface OtherFacts {
  type: typeof eventTypes.changeRecorded;
  timeMs: number;
}

export function factsOf(event: SeamEvent): EventFacts {
  const at = eventTimeMs(event);
  switch (event.type) {
    case eventTypes.interactionClosed:
      return closedFacts(event.data);
    case eventTypes.surveySent:
    case eventTypes.surveyAnswered: {
      const { surveyId, interactionId, instrument } = event.data;
      const score = 'score' in event.data ? event.data.score : null;
      return {
        type: event.type,
        timeMs: at,
        surveyId: idOf(surveyId),
        interactionId: idOf(interactionId),
        instrument,
        score,
      };
    }
    case eventTypes.interactionHandedOff:
      return { type: event.type, timeMs: at, data: event.data };
    case eventTypes.customerChurned:
      return { type: event.type, timeMs: at, data: event.data };
    case eventTypes.changeRecorded:
      return { type: event.type, timeMs: at };
  }
}

export const closedFacts = (data: InteractionClosed): ClosedFacts => ({
  type: eventTypes.interactionClosed,
  timeMs: timeMs(data.closedAt),
  interactionId: idOf(data.interactionId),
  customerId: data.customerId === null ? null : idOf(data.customerId),
  startMs: timeMs(data.startedAt),
  startedWith: data.startedWith,
  handoffs: data.handoffs.map(({ at, cause, answeredAt }) => ({
    atMs: timeMs(at),
    cause,
    answeredMs: answeredAt === null ? null : timeMs(answeredAt),
  })),
  category: data.category,
  channel: data.channel,
  market: data.market,
  language: data.language,
  complexity: data.complexity,
  emotion: data.emotion,
  valueBand: data.customer?.valueBand,
  modelVersion: data.modelVersion,
  claimedResolved: data.claimedResolved,
  abandoned: data.abandoned,
});
