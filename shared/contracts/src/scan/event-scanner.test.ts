import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { answeredSurvey, closedInteraction, cloudEvent } from '../cloudevents.fixture.ts';
import { decodeEvent } from '../cloudevents.ts';
import { eventTypes, handoffCauses } from '../events.ts';
import { type EventFacts, factsOf, type Id } from '../facts.ts';
import { EventScanner } from './event-scanner.ts';

const encoder = new TextEncoder();
const start = '2026-03-01T10:00:00Z';
const full = cloudEvent('e-1', 'interaction.closed', {
  ...closedInteraction('i-1', start),
  customerId: 'c-1',
  closedAt: '2026-03-01T10:05:00.250Z',
  handoffs: [
    { at: '2026-03-01T10:02:00Z', cause: handoffCauses[0], answeredAt: null },
    { at: '2026-03-01T10:03:00.007Z', cause: handoffCauses[1], answeredAt: '2026-03-01T10:04:00Z' },
  ],
  category: 'Rückgabe',
  market: 'DE',
  language: 'de',
  complexity: 'high',
  emotion: -0.45,
  customer: { valueBand: 'mid', annualValue: 120.57, churnRisk: 0.015 },
  modelVersion: 'assistant-1',
  claimedResolved: null,
  turns: 3,
  handleTimeMs: 300_000,
  decision: {
    kind: 'other',
    adverse: false,
    decidedBy: 'human',
    humanAvailable: true,
    humanReviewed: false,
  },
});
const { score: _, answeredAt: __, ...asked } = answeredSurvey('s-1', 'i-1', start);
const examples = {
  closed: { time: start, datacontenttype: 'application/json', ...full },
  plain: cloudEvent('e-2', 'interaction.closed', closedInteraction('i-2', start)),
  answered: cloudEvent('e-3', 'survey.answered', answeredSurvey('s-1', 'i-1', start)),
  sent: cloudEvent('e-4', 'survey.sent', { ...asked, sentAt: start }),
};

/** As values that can be compared: ids as text. */
function told(facts: EventFacts | undefined): unknown {
  const text = ({ bytes, from, to }: Id) => new TextDecoder().decode(bytes.subarray(from, to));
  return Object.fromEntries(
    Object.entries(facts ?? {}).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'object' && value !== null && 'bytes' in value ? text(value) : value]];
    }),
  );
}

function bySchema(json: string): unknown {
  const decoded = decodeEvent(encoder.encode(json));
  return decoded.ok ? told(factsOf(decoded.event)) : undefined;
}

const scanner = new EventScanner();
/** The facts of an event that stands alone, and of the same among other bytes, whatever these are. */
function scanned(json: string): EventFacts | undefined {
  const bytes = encoder.encode(json);
  const facts = scanner.scan(bytes);
  const before = encoder.encode(json.slice(0, 20));
  for (const after of ['}', '}}', '"', ' ', '0', json.slice(json.length >> 1), json]) {
    const memory = Buffer.concat([before, bytes, encoder.encode(after)]);
    const among = scanner.scan(memory, before.length, before.length + bytes.length);
    expect(among && told(among)).toEqual(facts && told(facts));
  }
  return facts;
}

/** What is scanned must be what the schemas say; true where something was. */
function agrees(json: string): boolean {
  const facts = scanned(json);
  if (facts) expect(told(facts)).toEqual(bySchema(json));
  return facts !== undefined;
}

describe('a scan of events as they usually are', () => {
  it.each(Object.entries(examples))('takes the facts of one that is %s', (_name, event) => {
    expect(agrees(JSON.stringify(event))).toBe(true);
    // As other languages write it, and people.
    expect(agrees(JSON.stringify(event).replaceAll(/([:,])"/g, '$1 "'))).toBe(true);
    expect(agrees(`\n${JSON.stringify(event, null, 2)}\r\n`)).toBe(true);
  });

  it('follows a sender who changes the order of fields', () => {
    const data = Object.fromEntries(Object.entries(full.data).toReversed());
    expect(agrees(JSON.stringify({ ...full, data }))).toBe(true);
    expect(agrees(JSON.stringify(full))).toBe(true);
  });
});

describe('a scan leaves to the schemas', () => {
  const json = JSON.stringify(full);
  it.each([
    ['an escape', json.replace('"i-1"', '"i\\u002d1"')],
    ['an id that is not ASCII', json.replace('"i-1"', '"ü-1"')],
    ['a time with an offset', json.replaceAll('Z"', '+01:00"')],
    ['a day that is not in the calendar', json.replaceAll('2026-03-01', '2026-02-29')],
    ['a field twice', json.replace('"turns"', '"market":"FR","turns"')],
    ['a field that is not known', json.replace('"turns"', '"mood":"x","turns"')],
    ['an exponent', json.replace('-0.45', '-4.5e-1')],
    ['a number with a leading zero', json.replace('"turns":3', '"turns":03')],
    ['more digits than are exact', json.replace('-0.45', '-0.4500000000000001')],
    ['a number out of range', json.replace('-0.45', '-1.45')],
    ['a close before the start', json.replace('T10:05:00.250Z', 'T09:05:00.250Z')],
    ['a handoff a second before the start', json.replace('T10:02:00Z', 'T09:59:59Z')],
    [
      'data before the type',
      JSON.stringify({ ...full, type: undefined }).replace(/}$/, `,"type":"${full.type}"}`),
    ],
    ['an event of a type that is rare', JSON.stringify({ ...full, type: eventTypes.customerChurned })],
    ['a cut event', json.slice(0, -1)],
    ['two events in one record', json + json],
    ['bytes that are no UTF-8', ''],
  ])('%s', (_name, changed) => {
    expect(scanned(changed)).toBeUndefined();
    agrees(changed);
  });

  it('a category that is no UTF-8, or has a control character', () => {
    const broken = encoder.encode(json).map((byte) => (byte === 0xc3 ? 0xff : byte));
    expect(scanner.scan(broken)).toBeUndefined();
    expect(scanned(json.replace('Rückgabe', 'a\u0085b'))).toBeUndefined();
    expect(scanned(json.replace('Rückgabe', 'a|b'))).toBeUndefined();
  });

  it('an event that is too large', () => {
    expect(scanned(JSON.stringify({ ...full, subject: 'x'.repeat(70_000) }))).toBeUndefined();
  });
});

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    'ai',
    'a|b',
    'x'.repeat(65),
    'x'.repeat(201),
    'Zürich',
    '\u007f',
    '\uFEFFx',
  ),
  fc.constantFrom<unknown>('2026-03-01T10:02:00Z', '2026-03-01T24:00:00Z', '2026-03-01T10:02:00.1Z', [], {}),
  fc.double(),
  fc.integer({ min: -3, max: 12 }),
  fc.string({ unit: 'binary' }),
);

/** A place in an event, as the keys that lead to it. */
function placesOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

test('whatever stands in whichever place, a scan says what the schemas say, or nothing', () => {
  const changed = fc
    .constantFrom(...Object.values(examples))
    .chain((event) => fc.tuple(fc.constant(event), fc.constantFrom(...placesOf(event)), values));
  let taken = 0;
  fc.assert(
    fc.property(changed, ([event, path, value]) => {
      if (agrees(JSON.stringify(replaced(event, path, value)) ?? '')) taken++;
    }),
    { numRuns: 5_000 },
  );
  // Else it would have said nothing every time.
  expect(taken).toBeGreaterThan(300);
});

test('whatever bytes are changed, cut or doubled, a scan says what the schemas say, or nothing', () => {
  const edits = fc.record({
    event: fc.constantFrom(...Object.values(examples)),
    at: fc.nat(1_000),
    gone: fc.integer({ min: 0, max: 3 }),
    put: fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom('"', '\\', '{', '}', ',', ' ', '0', '-', '.', '\u0000'),
    ),
  });
  fc.assert(
    fc.property(edits, ({ event, at, gone, put }) => {
      const json = JSON.stringify(event);
      const place = at % json.length;
      agrees(json.slice(0, place) + put + json.slice(place + gone));
    }),
    { numRuns: 5_000 },
  );
});
