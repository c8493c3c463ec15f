import { complexities, valueBands } from '@seamwatch/contracts/events.ts';
import { paths } from '@seamwatch/contracts/measures.ts';
import { z } from 'zod';
import { time } from './scenario-fields.ts';

/** What can be made better or worse on purpose. */
export const signals = [
  'escalation',
  'repeat_contact',
  'seam_abandonment',
  'claimed_resolution',
  'csat',
  'ces',
  'nps',
  'response_rate',
  'seam_wait',
  'volume',
  'mix',
] as const;
export type Signal = (typeof signals)[number];

const names = z
  .union([z.string(), z.array(z.string()).min(1)])
  .transform((v) => (Array.isArray(v) ? v : [v]));
const oneOrMore = <T extends string>(values: readonly [T, ...T[]]) =>
  z
    .union([z.enum(values), z.array(z.enum(values)).min(1)])
    .transform((v): T[] => (Array.isArray(v) ? v : [v]));

const whereSchema = z.strictObject({
  path: oneOrMore(paths).optional(),
  /** 2 also for customers who escalated within the last 90 days. */
  tier: z.union([z.literal(1), z.literal(2)]).optional(),
  category: names.optional(),
  channel: names.optional(),
  market: names.optional(),
  language: names.optional(),
  complexity: oneOrMore(complexities).optional(),
  valueBand: oneOrMore(valueBands).optional(),
  modelVersion: names.optional(),
});

const factorOnly: readonly Signal[] = ['seam_wait', 'volume'];

export const plantedSchema = z
  .strictObject({
    signal: z.enum(signals),
    /** Whom it hits; absent: everybody. */
    where: whereSchema.prefault({}),
    /** Multiplies the odds: of the event; for scores, of a bad one (CSAT 1–2, CES 1–3, NPS 0–6). */
    oddsRatio: z.number().positive().optional(),
    /** Added: to a share (+0.03); to the share of bad scores for CSAT and CES; to the NPS in NPS points (−5). */
    points: z.number().optional(),
    /** Multiplies: only for `seam_wait` and `volume`. */
    factor: z.number().positive().optional(),
    from: time,
    /** Days until it is at its full size; 0: at once. */
    rampDays: z.number().min(0).default(0),
    /** Absent: it stays. */
    to: time.optional(),
  })
  .superRefine((planted, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const sizes = [planted.oddsRatio, planted.points, planted.factor].filter((x) => x !== undefined);
    if (factorOnly.includes(planted.signal) ? planted.factor === undefined : planted.factor !== undefined) {
      issue('factor', `${factorOnly.join(' and ')} take a factor, all others oddsRatio or points`);
    } else if (sizes.length !== 1) {
      issue('oddsRatio', 'exactly one of oddsRatio, points and factor is right');
    }
    const limit = planted.signal === 'nps' ? 200 : 1;
    if (planted.points !== undefined && Math.abs(planted.points) > limit) {
      issue(
        'points',
        planted.signal === 'nps' ? 'NPS points from -200 to 200 are right' : 'a share such as 0.03 is right',
      );
    }
    const attributes = Object.keys(planted.where);
    if (planted.signal === 'mix' && attributes.join() !== 'category') {
      issue('where', 'mix takes exactly a category');
    }
    if (planted.signal === 'volume' && attributes.length > 0) issue('where', 'volume is of everything');
    if (planted.signal === 'escalation' && planted.where.path) {
      issue('where', 'the path is the outcome of an escalation, so it cannot select it');
    }
    if (planted.to !== undefined && planted.to <= planted.from) issue('to', 'a time after `from` is right');
  });

export type Planted = z.output<typeof plantedSchema>;
export type Where = Planted['where'];
