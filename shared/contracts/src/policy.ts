import { type Document, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { SeamError } from './errors.ts';
import { complexities, valueBands } from './events.ts';
import { measureSchema, tiers, windowSchema } from './measures.ts';
import { parseDurationMs } from './units.ts';

/** A duration as people write it (`30s`, `4h`, `7d`), parsed to milliseconds. */
const duration = (minMs: number, maxMs: number) =>
  z.string().transform((text, ctx) => {
    const ms = parseDurationMs(text);
    if (ms === undefined) {
      ctx.addIssue(`found "${text}", where a duration such as 30s, 4h or 7d is right`);
      return z.NEVER;
    }
    if (ms < minMs || ms > maxMs) {
      ctx.addIssue(`found ${text}, outside of what is possible here`);
      return z.NEVER;
    }
    return ms;
  });

/** Also names that have been replaced, or are not the preferred ones here, such as Asia/Kolkata. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

const day = 86_400_000;
const slug = z.string().regex(/^[a-z0-9][a-z0-9_.:-]{0,99}$/, 'use lower-case letters, digits and _ . : -');
const tierSchema = z
  .union([z.literal(1), z.literal(2), z.enum(tiers)])
  .transform((t) => String(t) as '1' | '2');
const person = z.string().min(1);
export const emotionBands = ['negative', 'neutral', 'positive', 'unknown'] as const;
export type EmotionBand = (typeof emotionBands)[number];

/** Attributes of a cell, in the order in which a cell's key lists them. */
export const cellAttributes = [
  'tier',
  'path',
  'category',
  'complexity',
  'emotion',
  'channel',
  'market',
  'language',
  'valueBand',
  'modelVersion',
] as const;
export type CellAttribute = (typeof cellAttributes)[number];

const oneOrMore = z
  .union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)])
  .transform((v) => (Array.isArray(v) ? v : [v]).map(String));
const whereSchema = z.partialRecord(z.enum(cellAttributes), oneOrMore);

const tierRuleSchema = z.strictObject({
  id: slug,
  tier: tierSchema,
  /** All conditions must hold; the first rule that matches decides. */
  when: z.strictObject({
    category: oneOrMore.optional(),
    channel: oneOrMore.optional(),
    market: oneOrMore.optional(),
    complexity: z.array(z.enum([...complexities, 'unknown'])).optional(),
    valueBand: z.array(z.enum([...valueBands, 'unknown'])).optional(),
    emotion: z.array(z.enum(emotionBands)).optional(),
    /** The customer was handed off within `tiers.escalatedWithin` before this contact. */
    escalatedBefore: z.boolean().optional(),
  }),
});

/** Ids with a colon are those of `each` rules; two more are always there. */
const segmentId = slug.refine(
  (id) => !id.includes(':') && id !== 'all' && id !== 'other',
  'must not contain ":", and `all` and `other` are taken',
);

const segmentRuleSchema = z.union([
  z.strictObject({ id: segmentId, title: z.string().optional(), where: whereSchema }),
  z.strictObject({ each: z.array(z.enum(cellAttributes)).min(1).max(4), where: whereSchema.optional() }),
]);

const thresholdSchema = z
  .strictObject({
    id: slug,
    measure: measureSchema,
    segment: z.string(),
    above: z.number().optional(),
    below: z.number().optional(),
    window: windowSchema,
    minimumN: z.int().min(1).optional(),
    for: duration(0, 30 * day).optional(),
    owner: person,
    authoriser: person,
    action: z.enum(['review', 'pause', 'roll_back']),
    runbook: z.string().optional(),
  })
  .refine(
    (t) => (t.above === undefined) !== (t.below === undefined),
    'exactly one of above and below is right',
  );

export const policySchema = z.strictObject({
  version: z.literal(1),
  name: z.string().default('Customer service'),
  timeZone: z.string().default('UTC').refine(isTimeZone, 'not an IANA time zone'),
  tiers: z
    .strictObject({
      escalatedWithin: z.union([z.literal('ever'), duration(day, 400 * day)]).prefault('90d'),
      default: tierSchema.default('1'),
      rules: z.array(tierRuleSchema).default([]),
    })
    .prefault({}),
  categories: z
    .record(
      z.string(),
      z.strictObject({
        title: z.string().optional(),
        tier: tierSchema.optional(),
        regulatory: z.boolean().default(false),
        resolution: z.string().optional(),
        owner: person.optional(),
      }),
    )
    .default({}),
  success: z
    .strictObject({ primary: measureSchema, target: z.number(), reviewAt: z.string(), owner: person })
    .optional(),
  segments: z
    .array(segmentRuleSchema)
    .refine((rules) => {
      const ids = rules.flatMap((rule) => ('id' in rule ? [rule.id] : []));
      return new Set(ids).size === ids.length;
    }, 'two segments have the same id')
    .default([
      { each: ['tier'] },
      { each: ['path'] },
      { each: ['tier', 'path'] },
      { each: ['path', 'category'] },
    ]),
  maximumSegments: z.int().min(1).max(2_000).default(200),
  minimumN: z.int().min(1).default(20),
  repeat: z
    .strictObject({
      /** Whole days. */
      window: duration(day, 28 * day)
        .refine((ms) => ms % day === 0, 'whole days are right')
        .prefault('7d'),
      maxHandleTime: duration(0, 2 * day).prefault('4h'),
    })
    .prefault({}),
  time: z
    .strictObject({
      outOfOrder: duration(0, 3_600_000).prefault('30s'),
      allowedLateness: duration(60_000, 28 * day).prefault('7d'),
      idleAfter: duration(100, 3_600_000).prefault('2m'),
    })
    .prefault({}),
  falseAlarms: z
    .strictObject({
      /** False alerts that the whole installation may raise in 30 days. */
      per30Days: z.number().positive().max(100).default(2),
      /** Weight of single segments in the budget; 1 where absent. */
      weights: z.record(z.string(), z.number().positive()).default({}),
      /** Days of evidence for recovery before an alert is resolved. */
      clearAfterDays: z.number().positive().default(30),
    })
    .prefault({}),
  thresholds: z.array(thresholdSchema).default([]),
  reversal: z
    .strictObject({
      backfillLeadTime: duration(day, 800 * day),
      headcount: z.int().min(0),
      playbook: z.string(),
      communicationsOwner: person,
    })
    .optional(),
});

export type Policy = z.infer<typeof policySchema>;
export type SegmentRule = Policy['segments'][number];
export type TierRule = Policy['tiers']['rules'][number];

export interface PolicyIssue {
  line: number;
  path: string;
  message: string;
}

/** The policy of somebody who has written none. */
export const defaultPolicy = (): Policy => policySchema.parse({ version: 1 });

/**
 * Reads a policy file. Throws `SEAM_POLICY_INVALID` with every issue at once, each with its line and path.
 * `fileName` is only for the message.
 */
export function parsePolicy(source: string, fileName = 'seamwatch.yaml'): Policy {
  const { policy, issues } = checkPolicy(source);
  if (policy) return policy;
  const lines = issues.map((i) => `  ${fileName}:${i.line}  ${i.path || '(file)'}: ${i.message}`);
  throw new SeamError('SEAM_POLICY_INVALID', `${issues.length} error(s) in the policy\n${lines.join('\n')}`);
}

/** All errors of a policy file, or the policy. */
export function checkPolicy(source: string): { policy?: Policy; issues: PolicyIssue[] } {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  if (document.errors.length > 0) {
    const issues = document.errors.map((e) => ({
      line: e.linePos?.[0].line ?? 1,
      path: '',
      message: e.message.split('\n')[0] ?? e.message,
    }));
    return { issues };
  }
  const result = policySchema.safeParse(document.toJS());
  if (result.success) return { policy: result.data, issues: [] };
  const issues = result.error.issues.flatMap(flatten).map((issue) => ({
    line: lineOf(document, lines, issue.path),
    path: issue.path.map(String).join('.'),
    message: explain(issue),
  }));
  return { issues };
}

/** Of a union's branches, the issues of the one that came closest. */
function flatten(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const closest = issue.errors.reduce((a, b) => (b.length < a.length ? b : a));
  return closest.flatMap((inner) =>
    flatten({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue),
  );
}

function explain(issue: z.core.$ZodIssue): string {
  const last = issue.path.at(-1);
  if (issue.code === 'invalid_type' && issue.message.includes('undefined')) {
    return last === 'owner' || last === 'authoriser'
      ? `is missing: a limit without ${last === 'owner' ? 'an owner' : 'an authoriser'} is refused; name a person or a role`
      : `is missing; ${issue.expected} is right`;
  }
  return issue.message;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(
        (p) => isScalar(p.key) && String(p.key.value) === String(path[depth - 1]),
      );
      if (isScalar(pair?.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
    }
    const node = document.getIn(path.slice(0, depth), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
