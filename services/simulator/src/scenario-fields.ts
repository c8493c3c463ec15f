import { parseDurationMs } from '@seamwatch/contracts/units.ts';
import { z } from 'zod';

const forms = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** A moment: RFC 3339, a date (its beginning in UTC), or ms since 1970. Parsed to ms. */
export const time = z.union([
  z.int(),
  z.string().transform((text, context) => {
    if (forms.safeParse(text).success) return Date.parse(text);
    context.addIssue(`found "${text}", where a time such as 2026-03-01 or 2026-03-01T10:00:00Z is right`);
    return z.NEVER;
  }),
]);

export const share = z.number().min(0).max(1);
export const weight = z.number().min(0);

/** A duration such as `90s` or `7d`, or ms. */
export const duration = (minMs: number, maxMs: number) =>
  z
    .union([
      z.number(),
      z.string().transform((text, context) => {
        const ms = parseDurationMs(text);
        if (ms !== undefined) return ms;
        context.addIssue(`found "${text}", where a duration such as 90s, 4h or 7d is right`);
        return z.NEVER;
      }),
    ])
    .refine((ms) => ms >= minMs && ms <= maxMs, `between ${minMs} and ${maxMs} ms is right`);

/** One value for all paths, or one for each. */
export const byPath = <T>(value: z.ZodType<T>) =>
  z.union([
    value.transform((v) => ({ ai: v, seam: v, human: v })),
    z.strictObject({ ai: value, seam: value, human: value }),
  ]);

export const weights = (length: number) =>
  z
    .array(weight)
    .length(length)
    .refine((w) => w.some((x) => x > 0), 'at least one weight above zero is right');
export const named = <T extends z.ZodType>(value: T) =>
  z.record(z.string().regex(/^[^|\p{Cc}]{1,64}$/u, 'up to 64 characters without "|" are right'), value);
export const someShare = (record: Record<string, { share: number }>): boolean =>
  Object.values(record).some((r) => r.share > 0);
export const someShareMessage = 'at least one share above zero is right';
