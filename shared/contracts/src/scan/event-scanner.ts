import type { z } from 'zod';
import { maxEventBytes } from '../cloudevents.ts';
import {
  type Complexity,
  eventTypes,
  type HandoffCause,
  handoffSchema,
  type Instrument,
  interactionClosedSchema,
  mostHandoffs,
  scoreRange,
  surveyAnsweredSchema,
  surveySentSchema,
  type ValueBand,
} from '../events.ts';
import type { ClosedFacts, EventFacts, HandoffFacts, Id, SurveyFacts } from '../facts.ts';
import { fitsOf } from '../fits.ts';
import { Cursor } from './cursor.ts';
import { Fields } from './fields.ts';
import { Names } from './names.ts';

const { shape } = interactionClosedSchema;
const customerSchema = shape.customer.unwrap();
const decisionSchema = shape.decision.unwrap();
const noHandoffs: readonly HandoffFacts[] = [];

/**
 * Takes the facts of closed interactions and surveys, which are nearly all events, from their bytes: no object for what nobody
 * asks for, and no new text for what comes again. A third of the time of parsing and checking.
 *
 * It takes only what is right beyond doubt and written plainly, and gives undefined for all else; then `decodeEvent` says
 * whether it is right, and what is wrong. So what is right is said in one place, the schemas.
 */
export class EventScanner {
  readonly #cursor = new Cursor();
  #type = '';
  #facts: EventFacts | undefined;
  #closed: Draft = draft();
  #handoff: HandoffFacts = noHandoff();
  #survey: SurveyFacts = noSurvey(eventTypes.surveySent);

  /** The facts of an event in structured mode; undefined for everything that is not plain. */
  scan(bytes: Uint8Array, from = 0, to = bytes.length): EventFacts | undefined {
    if (to - from > maxEventBytes) return undefined;
    const cursor = this.#cursor;
    cursor.begin(bytes, from, to);
    this.#type = '';
    this.#facts = undefined;
    if (!cursor.object(this.#envelope)) cursor.fail();
    cursor.end();
    return cursor.failed ? undefined : this.#facts;
  }

  readonly #fail = () => this.#cursor.fail();
  readonly #skipText = () => {
    if (this.#cursor.skipText() === 0) this.#cursor.fail();
  };

  readonly #envelope = new Fields(
    {
      specversion: () => this.#cursor.name(names.specversion),
      id: this.#skipText,
      source: this.#skipText,
      type: () => {
        this.#type = this.#cursor.name(names.type);
      },
      data: () => this.#readData(),
    },
    ['specversion', 'id', 'source', 'type', 'data'],
    () => this.#cursor.skipText(),
  );

  #readData(): void {
    switch (this.#type) {
      case eventTypes.interactionClosed:
        this.#readClosed();
        break;
      case eventTypes.surveyAnswered:
      case eventTypes.surveySent:
        this.#readSurvey(this.#type);
        break;
      default:
        // Before the type nobody knows what it should be.
        this.#cursor.fail();
    }
  }

  #readClosed(): void {
    const facts = draft();
    this.#closed = facts;
    this.#facts = facts;
    if (!this.#cursor.object(this.#closedFields) || !(facts.startMs <= facts.timeMs)) this.#cursor.fail();
    for (const { atMs, answeredMs } of facts.handoffs) {
      // Clocks that disagree a little are for the schemas' judgement.
      if (!(atMs >= facts.startMs && atMs <= facts.timeMs && (answeredMs ?? atMs) >= atMs))
        this.#cursor.fail();
    }
  }

  readonly #closedFields = fieldsOf(interactionClosedSchema, this.#fail, {
    interactionId: () => {
      this.#closed.interactionId = this.#id();
    },
    customerId: () => {
      this.#closed.customerId = this.#cursor.isNull() ? null : this.#id();
    },
    startedAt: () => {
      this.#closed.startMs = this.#cursor.time();
    },
    closedAt: () => {
      this.#closed.timeMs = this.#cursor.time();
    },
    startedWith: () => {
      this.#closed.startedWith = this.#cursor.name(names.startedWith) as ClosedFacts['startedWith'];
    },
    handoffs: () => {
      this.#closed.handoffs = this.#handoffs();
    },
    category: () => {
      this.#closed.category = this.#cursor.name(names.label);
    },
    channel: () => {
      this.#closed.channel = this.#cursor.name(names.label);
    },
    market: () => {
      this.#closed.market = this.#cursor.name(names.label);
    },
    language: () => {
      this.#closed.language = this.#cursor.name(names.label);
    },
    complexity: () => {
      this.#closed.complexity = this.#cursor.name(names.complexity) as Complexity;
    },
    emotion: () => {
      this.#closed.emotion = this.#number(numbers.emotion);
    },
    customer: () => {
      if (!this.#cursor.object(this.#customerFields)) this.#cursor.fail();
    },
    modelVersion: () => {
      this.#closed.modelVersion = this.#cursor.name(names.label);
    },
    claimedResolved: () => {
      this.#closed.claimedResolved = this.#cursor.isNull() ? null : this.#cursor.boolean();
    },
    abandoned: () => {
      this.#closed.abandoned = this.#cursor.boolean();
    },
    turns: () => this.#number(numbers.turns),
    handleTimeMs: () => this.#number(numbers.handleTimeMs),
    decision: () => {
      if (!this.#cursor.object(this.#decisionFields)) this.#cursor.fail();
    },
  });

  readonly #customerFields = fieldsOf(customerSchema, this.#fail, {
    valueBand: () => {
      this.#closed.valueBand = this.#cursor.name(names.valueBand) as ValueBand;
    },
    annualValue: () => this.#number(numbers.annualValue),
    churnRisk: () => this.#number(numbers.churnRisk),
  });

  readonly #decisionFields = fieldsOf(decisionSchema, this.#fail, {
    kind: () => this.#cursor.name(names.decision),
    adverse: () => this.#cursor.boolean(),
    decidedBy: () => this.#cursor.name(names.decidedBy),
    humanAvailable: () => this.#cursor.boolean(),
    humanReviewed: () => this.#cursor.boolean(),
  });

  #handoffs(): readonly HandoffFacts[] {
    let all: HandoffFacts[] | undefined;
    this.#cursor.list(() => {
      this.#handoff = noHandoff();
      if (!this.#cursor.object(this.#handoffFields)) this.#cursor.fail();
      all ??= [];
      if (all.push(this.#handoff) > mostHandoffs) this.#cursor.fail();
    });
    return all ?? noHandoffs;
  }

  readonly #handoffFields = fieldsOf(handoffSchema, this.#fail, {
    at: () => {
      this.#handoff.atMs = this.#cursor.time();
    },
    cause: () => {
      this.#handoff.cause = this.#cursor.name(names.cause) as HandoffCause;
    },
    answeredAt: () => {
      this.#handoff.answeredMs = this.#cursor.isNull() ? null : this.#cursor.time();
    },
  });

  #readSurvey(type: SurveyFacts['type']): void {
    const facts = noSurvey(type);
    this.#survey = facts;
    this.#facts = facts;
    const answered = type === eventTypes.surveyAnswered;
    if (!this.#cursor.object(answered ? this.#answeredFields : this.#sentFields)) this.#cursor.fail();
    if (!answered || this.#cursor.failed) return;
    const [low, high] = scoreRange[facts.instrument];
    const score = facts.score ?? Number.NaN;
    if (!(Number.isInteger(score) && score >= low && score <= high)) this.#cursor.fail();
  }

  readonly #surveyFields = {
    surveyId: () => {
      this.#survey.surveyId = this.#id();
    },
    interactionId: () => {
      this.#survey.interactionId = this.#id();
    },
    customerId: () => {
      if (!this.#cursor.isNull()) this.#id();
    },
    instrument: () => {
      this.#survey.instrument = this.#cursor.name(names.instrument) as Instrument;
    },
  };
  readonly #surveyTime = () => {
    this.#survey.timeMs = this.#cursor.time();
  };

  readonly #sentFields = fieldsOf(surveySentSchema, this.#fail, {
    ...this.#surveyFields,
    sentAt: this.#surveyTime,
  });
  readonly #answeredFields = fieldsOf(surveyAnsweredSchema, this.#fail, {
    ...this.#surveyFields,
    score: () => {
      this.#survey.score = this.#cursor.number();
    },
    answeredAt: this.#surveyTime,
  });

  #id(): Id {
    const id = this.#cursor.text();
    const length = id.to - id.from;
    if (!(length >= idLength.least && length <= idLength.most)) this.#cursor.fail();
    return id;
  }

  #number(fits: (value: unknown) => boolean): number {
    const value = this.#cursor.number();
    if (!fits(value)) this.#cursor.fail();
    return value;
  }
}

const noId: Id = { bytes: new Uint8Array(0), from: 0, to: 0 };

/** A closed interaction while it is read. */
type Draft = { -readonly [K in keyof ClosedFacts]: ClosedFacts[K] };

const draft = (): Draft => ({
  type: eventTypes.interactionClosed,
  timeMs: Number.NaN,
  interactionId: noId,
  customerId: null,
  startMs: Number.NaN,
  startedWith: 'ai',
  handoffs: noHandoffs,
  category: '',
  channel: '',
  market: undefined,
  language: undefined,
  complexity: undefined,
  emotion: undefined,
  valueBand: undefined,
  modelVersion: undefined,
  claimedResolved: null,
  abandoned: false,
});

const noHandoff = (): HandoffFacts => ({ atMs: Number.NaN, cause: 'policy', answeredMs: null });

const noSurvey = (type: SurveyFacts['type']): SurveyFacts => ({
  type,
  timeMs: Number.NaN,
  surveyId: noId,
  interactionId: noId,
  instrument: 'csat',
  score: null,
});

/** How the fields of a schema are read; it says which must be there. */
function fieldsOf<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  other: () => void,
  read: Record<keyof Shape & string, () => void>,
): Fields {
  const needed = Object.keys(shape).filter((name) => (shape[name] as z.ZodType).type !== 'optional');
  return new Fields(read, needed, other);
}

const { minLength, maxLength } = surveyAnsweredSchema.shape.surveyId;
const idLength = { least: minLength ?? 0, most: maxLength ?? Number.POSITIVE_INFINITY };
const names = {
  specversion: new Names((text) => text === '1.0'),
  type: new Names((text) => (Object.values(eventTypes) as unknown[]).includes(text)),
  label: new Names(fitsOf(shape.category)),
  startedWith: new Names(fitsOf(shape.startedWith)),
  complexity: new Names(fitsOf(shape.complexity.unwrap())),
  valueBand: new Names(fitsOf(customerSchema.shape.valueBand.unwrap())),
  cause: new Names(fitsOf(handoffSchema.shape.cause)),
  decision: new Names(fitsOf(decisionSchema.shape.kind)),
  decidedBy: new Names(fitsOf(decisionSchema.shape.decidedBy)),
  instrument: new Names(fitsOf(surveyAnsweredSchema.shape.instrument)),
};
const numbers = {
  emotion: fitsOf(shape.emotion.unwrap()),
  turns: fitsOf(shape.turns.unwrap()),
  handleTimeMs: fitsOf(shape.handleTimeMs.unwrap()),
  annualValue: fitsOf(customerSchema.shape.annualValue.unwrap()),
  churnRisk: fitsOf(customerSchema.shape.churnRisk.unwrap()),
};
