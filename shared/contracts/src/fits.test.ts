import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { decodeBySchema, decodeEnvelope } from './cloudevents.ts';
import { dataSchemas, eventTypes, handoffCauses } from './events.ts';
import { fitsOf } from './fits.ts';

const closed = {
  interactionId: 'i-1',
  customerId: 'c-1',
  startedAt: '2026-03-01T10:00:00Z',
  closedAt: '2026-03-01T10:05:00.250Z',
  startedWith: 'ai',
  handoffs: [{ at: '2026-03-01T10:02:00Z', cause: handoffCauses[0], answeredAt: null }],
  category: 'returns',
  channel: 'chat',
  market: 'DE',
  emotion: -0.5,
  customer: { valueBand: 'mid', annualValue: 120.5, churnRisk: 0.1 },
  claimedResolved: null,
  abandoned: false,
  turns: 3,
  handleTimeMs: 300_000,
  decision: {
    kind: 'other',
    adverse: false,
    decidedBy: 'human',
    humanAvailable: true,
    humanReviewed: false,
  },
};
const survey = { surveyId: 's-1', interactionId: 'i-1', customerId: null, instrument: 'nps' };
const examples: Record<keyof typeof dataSchemas, object> = {
  [eventTypes.interactionClosed]: closed,
  [eventTypes.interactionHandedOff]: {
    interactionId: 'i-1',
    customerId: null,
    at: '2026-03-01T10:02:00Z',
    cause: handoffCauses[1],
    channel: 'chat',
  },
  [eventTypes.customerChurned]: { customerId: 'c-1', churnedAt: '2026-03-01T10:02:00Z' },
  [eventTypes.surveySent]: { ...survey, sentAt: '2026-03-01T11:00:00Z' },
  [eventTypes.surveyAnswered]: { ...survey, score: 9, answeredAt: '2026-03-01T11:00:00Z' },
  [eventTypes.changeRecorded]: { changeId: 'c', at: '2026-03-01T10:02:00Z', kind: 'prompt', title: 'New' },
};

/** What may stand in a place: right, nearly right, and wrong. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    '',
    'ai',
    'a|b',
    'tab\t',
    'x'.repeat(65),
    'x'.repeat(201),
    '2026-03-01T10:00:00+01:00',
    '2026-03-01T10:00:00.123456Z',
    '2026-02-30T10:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T10:00Z',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -0,
    -1,
    1.5,
    2 ** 53,
    [],
    {},
    'csat',
    'low',
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.double(),
  fc.string(),
);

/** Places in a value, as paths; new fields among them. */
const pathsOf = (value: unknown, path: string[] = []): string[][] => {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, field]) => pathsOf(field, [...path, key]));
  const fresh = Array.isArray(value) ? [] : ['extra', '__proto__', 'customerId'].map((key) => [...path, key]);
  return [...(path.length > 0 ? [path] : []), ...inner, ...fresh];
};

/** A copy with something else, or nothing, in one place. */
function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  const field = changed(copy[key], rest, to);
  if (field === 'nothing') delete copy[key];
  else
    Object.defineProperty(copy, key, { value: field, enumerable: true, configurable: true, writable: true });
  return copy;
}

const events = fc.constantFrom(...Object.entries(examples)).chain(([type, data]) => {
  const envelope = { specversion: '1.0', id: 'e-1', source: '/test', type, data };
  const place = fc.constantFrom(...pathsOf(envelope));
  const change = fc.tuple(place, fc.oneof(anything, fc.constant('nothing')));
  return fc
    .array(change, { maxLength: 3 })
    .map((all) => all.reduce<unknown>((value, [path, to]) => changed(value, path, to), envelope));
});

test('what is read the short way is what the schemas make of it, and everything else is asked of them', () => {
  fc.assert(
    fc.property(events, (event) => {
      expect(decodeEnvelope(event)).toStrictEqual(decodeBySchema(event));
    }),
    { numRuns: 20_000 },
  );
});

test.each(Object.entries(examples))('a usual %s goes the short way', (type, data) => {
  const fits = fitsOf(dataSchemas[type as keyof typeof dataSchemas]);
  expect(fits(data)).toBe(true);
  expect(fits({ ...data, extra: 1 })).toBe(false);
  expect(fits(null)).toBe(false);
});

test('a schema with parts that are not known takes nothing the short way', () => {
  const unknown = [
    z.string().trim(),
    z.string().regex(/a/).regex(/b/),
    z.number().gt(1),
    z.object({ a: z.date() }),
    z.array(z.boolean()).min(1),
    z.boolean().transform((on) => !on),
  ];
  const values = ['ab', 'ab', 2, { a: new Date() }, [true], true];
  expect(unknown.map((schema, i) => fitsOf(schema)(values[i]))).toEqual(unknown.map(() => false));
});
