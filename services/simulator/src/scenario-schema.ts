import {
  changeRecordedSchema,
  complexities,
  decisionKinds,
  handoffCauses,
  valueBands,
} from '@seamwatch/contracts/events.ts';
import { dayMs, minuteMs, secondMs } from '@seamwatch/contracts/units.ts';
import { z } from 'zod';
import { plantedSchema } from './planted-schema.ts';
import * as defaults from './scenario-defaults.ts';
import {
  byPath,
  duration,
  named,
  share,
  someShare,
  someShareMessage,
  time,
  weight,
  weights,
} from './scenario-fields.ts';

/** New matters are drawn for a quarter of an hour at once. */
export const quarterMs = 15 * minuteMs;

/** A correlation with the hidden factor. */
const loading = z.number().min(0).max(0.95);

const categorySchema = z.strictObject({
  /** Weight among the categories. */
  share: weight,
  tier: z.union([z.literal(1), z.literal(2)]).default(1),
  complexity: z
    .strictObject({ low: weight, medium: weight, high: weight })
    .refine((c) => c.low + c.medium + c.high > 0, someShareMessage)
    .prefault({ low: 0.6, medium: 0.3, high: 0.1 }),
  /** Mean emotion of the customer, −1 … 1. */
  emotion: z.number().min(-1).max(1).default(0),
  startsWithAi: share.default(0.9),
  /** Probability that an AI-started interaction is handed off. */
  escalation: z
    .union([
      share.transform((p) => ({ low: p, medium: p, high: p })),
      z.strictObject({ low: share, medium: share, high: share }),
    ])
    .prefault(0.1),
  decision: z
    .strictObject({
      kind: z.enum(decisionKinds),
      /** Share of the interactions in which something is decided. */
      share: share.default(1),
      adverse: share.default(0.3),
      humanAvailable: share.default(1),
      /** Of the decisions that the AI takes. */
      humanReviewed: share.default(0.5),
    })
    .optional(),
});

const instrument = (scale: number, send: { ai: number; seam: number; human: number }, response: number) =>
  z.strictObject({
    /** Share of the interactions after which a survey is sent. */
    send: byPath(share).prefault(send),
    /** Share of the surveys that are answered, before `responseOdds`. */
    response: share.default(response),
    /** Weights of the scores of those who answer, from the lowest up. */
    scores: byPath(weights(scale)),
  });

const held = (longestMs: number) =>
  z.strictObject({ share: share.default(0), within: duration(0, longestMs) });

export const scenarioSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and "-" are right')
      .default('contact-centre'),
    seed: z.int().min(0).default(1),
    from: time,
    /** Absent: the simulation goes on for ever. */
    to: time.optional(),
    timeZone: z
      .string()
      .default('UTC')
      .refine(
        (zone) => zone === 'UTC' || Intl.supportedValuesOf('timeZone').includes(zone),
        'not an IANA time zone',
      ),
    /** All interactions of an average day, repeats included. */
    interactionsPerDay: z.number().positive().max(10_000_000).default(2_000),
    /** Draws are counted from here: a scenario of which all times, this one too, are moved by whole weeks tells the same story. */
    drawsFrom: time.refine((ms) => ms % quarterMs === 0, 'a full quarter of an hour is right').default(0),
    /** Simulated before `from` and not shown, so that repeats and earlier escalations do not start from nothing. */
    warmUpDays: z.int().min(0).max(400).default(8),
    week: z
      .strictObject({ weekday: weights(24), saturday: weights(24), sunday: weights(24) })
      .prefault(defaults.defaultWeek),
    categories: named(categorySchema)
      .refine(someShare, someShareMessage)
      .prefault(defaults.defaultCategories),
    channels: named(
      z.strictObject({
        share: weight,
        /** Multiplies the wait at the seam. */
        waitFactor: z.number().positive().default(1),
        /** Multiplies the odds that a survey is answered. */
        responseOdds: z.number().positive().default(1),
      }),
    )
      .refine(someShare, someShareMessage)
      .prefault(defaults.defaultChannels),
    markets: named(z.strictObject({ share: weight, languages: named(weight) }))
      .refine(someShare, someShareMessage)
      .refine(
        (markets) => Object.values(markets).every((m) => Object.values(m.languages).some((w) => w > 0)),
        'at least one language per market is right',
      )
      .prefault(defaults.defaultMarkets),
    customers: z
      .strictObject({
        /** Size of the population; absent: 150 per interaction of a day, at most five million. */
        count: z.int().min(1).max(50_000_000).optional(),
        /** Share of the new matters whose customer is unknown. */
        unidentified: share.default(0.1),
        /** Groups of customers: their share, and how often they come relative to one another. */
        activity: z
          .array(z.strictObject({ share: weight, rate: weight }))
          .min(1)
          .refine((a) => a.some((x) => x.share * x.rate > 0), someShareMessage)
          .prefault([
            { share: 0.55, rate: 0.4 },
            { share: 0.3, rate: 1 },
            { share: 0.12, rate: 2.5 },
            { share: 0.03, rate: 5 },
          ]),
        valueBands: z
          .record(z.enum(valueBands), z.strictObject({ share: weight, annualValue: weight }))
          .refine(someShare, someShareMessage)
          .prefault(defaults.defaultValueBands),
        /** Multiplies the odds of an AI start for customers escalated within the last 90 days. */
        aiOddsAfterEscalation: z.number().min(0).default(0.3),
      })
      .prefault({}),
    handoffs: z
      .strictObject({
        causes: z
          .partialRecord(z.enum(handoffCauses), weight)
          .refine(
            (causes) =>
              Object.entries(causes).some(
                ([cause, w]) => w > 0 && cause !== 'repeat_contact' && cause !== 'negative_emotion',
              ),
            'a cause that can always apply is needed (not only repeat_contact and negative_emotion)',
          )
          .prefault(defaults.defaultCauses),
        /** Share of the escalated that are handed back and off again. */
        loops: share.default(0.05),
      })
      .prefault({}),
    seamWait: z
      .strictObject({
        median: duration(secondMs, 60 * minuteMs).prefault('75s'),
        /** Standard deviation of the logarithm. */
        sigma: z.number().min(0).max(3).default(0.9),
        /** Wait, and odds of leaving, grow with this power of the hour's load. */
        load: z.number().min(0).max(3).default(0.6),
      })
      .prefault({}),
    /** Share of customers who leave unanswered: within AI, at the seam, before a human. */
    abandonment: byPath(share).prefault({ ai: 0.04, seam: 0.08, human: 0.03 }),
    claimedResolution: z
      .strictObject({
        /** Of those who did not leave at the seam, and are marked at all. */
        share: byPath(share).prefault({ ai: 0.86, seam: 0.78, human: 0.84 }),
        /** Share that nobody marks: null, not false. */
        unknown: share.default(0.03),
      })
      .prefault({}),
    repeat: z
      .strictObject({
        /** Share of identified customers who come back within seven days of a close. */
        share: byPath(share).prefault({ ai: 0.13, seam: 0.15, human: 0.1 }),
        /** Weights of the days after the close on which they come. */
        ageWeights: byPath(weights(7)).prefault(defaults.defaultRepeatAges),
        sameMatter: share.default(0.8),
        sameChannel: share.default(0.65),
      })
      .prefault({}),
    /**
     * How closely one bad experience shows in everything about an interaction: correlation (0 … 0.95) of each
     * outcome with a hidden normal factor. Changes who is hit, and leaves every share as it is.
     */
    experience: z
      .strictObject({
        scores: loading.default(0.6),
        repeat: loading.default(0.45),
        wait: loading.default(0.4),
        /** Leaving at the seam, with the length of the wait. */
        abandonment: loading.default(0.6),
        resolution: loading.default(0.25),
        churn: loading.default(0.5),
        /** Escalation, with the customer's emotion. */
        escalation: loading.default(0.4),
      })
      .prefault({}),
    surveys: z
      .strictObject({
        csat: instrument(5, { ai: 0.4, seam: 0.4, human: 0.4 }, 0.14).prefault({
          scores: defaults.defaultScores.csat,
        }),
        ces: instrument(7, { ai: 0.05, seam: 0.05, human: 0.05 }, 0.14).prefault({
          scores: defaults.defaultScores.ces,
        }),
        nps: instrument(11, { ai: 0.2, seam: 0.2, human: 0.2 }, 0.1).prefault({
          scores: defaults.defaultScores.nps,
        }),
        /** Multiply the odds that a survey is answered. */
        responseOdds: z
          .strictObject({
            ai: z.number().positive().default(1),
            seam: z.number().positive().default(1.1),
            human: z.number().positive().default(1.2),
            abandoned: z.number().positive().default(0.6),
            unresolved: z.number().positive().default(1.2),
          })
          .prefault({}),
        delay: z
          .strictObject({
            median: duration(secondMs, 7 * dayMs).prefault('3h'),
            sigma: z.number().min(0.01).max(4).default(1.6),
            /** Nobody answers later than this. */
            limit: duration(minuteMs, 35 * dayMs).prefault('7d'),
          })
          .prefault({}),
      })
      .prefault({}),
    churn: z
      .strictObject({
        /** Share of interactions after which the customer leaves in silence. */
        share: byPath(share).prefault({ ai: 0.002, seam: 0.005, human: 0.003 }),
        /** Median time from the last contact. */
        after: duration(7 * dayMs, 365 * dayMs).prefault('25d'),
      })
      .prefault({}),
    /** Model versions: the first from the beginning, each later one from its `at`, with a recorded change. */
    models: z
      .array(
        z.strictObject({
          version: z
            .string()
            .min(1)
            .max(64)
            .regex(/^[^|\p{Cc}]*$/u),
          at: time.optional(),
          title: z.string().min(1).max(200).optional(),
        }),
      )
      .min(1)
      .prefault([{ version: 'assistant-1' }]),
    /** Other recorded changes. */
    changes: z
      .array(
        z.strictObject({
          at: time,
          kind: changeRecordedSchema.shape.kind,
          title: z.string().min(1).max(200),
        }),
      )
      .default([]),
    events: z
      .strictObject({ handedOff: z.boolean().default(false), surveySent: z.boolean().default(true) })
      .prefault({}),
    planted: z.array(plantedSchema).default([]),
    /** Share of events that arrive out of order, by at most `within`. */
    outOfOrder: held(60 * minuteMs).prefault({ within: '20s' }),
    /** Share of events that arrive late, by at most `within`, which the product's allowed lateness must exceed. */
    late: held(6 * dayMs).prefault({ within: '2d' }),
    /** Bad records per good one; only `simulateRecords` adds them. */
    badInput: share.default(0),
  })
  .superRefine((scenario, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const firstMs = scenario.from - scenario.warmUpDays * dayMs;
    if (firstMs < 0) issue(['from'], 'a time after 1970 is right');
    else if (firstMs < scenario.drawsFrom)
      issue(['from'], 'a time after `drawsFrom` by `warmUpDays` at least is right');
    if (scenario.to !== undefined && scenario.to <= scenario.from)
      issue(['to'], 'a time after `from` is right');
    scenario.models.forEach((model, i) => {
      const previous = scenario.models[i - 1]?.at ?? -Infinity;
      if (i > 0 && (model.at === undefined || model.at <= previous)) {
        issue(['models', i, 'at'], 'a time after that of the model before is right');
      }
    });
    const known = {
      category: Object.keys(scenario.categories),
      channel: Object.keys(scenario.channels),
      market: Object.keys(scenario.markets),
      language: Object.values(scenario.markets).flatMap((m) => Object.keys(m.languages)),
      modelVersion: scenario.models.map((m) => m.version),
      complexity: complexities as readonly string[],
    };
    for (const [i, planted] of scenario.planted.entries()) {
      for (const [attribute, names] of Object.entries(known)) {
        const wanted = planted.where[attribute as keyof typeof known] ?? [];
        for (const name of wanted.filter((n) => !names.includes(n))) {
          issue(
            ['planted', i, 'where', attribute],
            `found "${name}", where one of ${names.join(', ')} is right`,
          );
        }
      }
    }
  });

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioInput = z.input<typeof scenarioSchema>;
