import { decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { eventTimeMs, eventTypes } from '@seamwatch/contracts/events.ts';
import { dayMs, minuteMs } from '@seamwatch/contracts/units.ts';
import { expect, test } from 'vitest';
import { simulateRecords } from './records.ts';
import { parseScenario } from './scenario.ts';
import { simulate } from './simulate.ts';

const scenario = parseScenario({
  seed: 2,
  from: '2026-03-02',
  to: '2026-03-09',
  interactionsPerDay: 500,
  badInput: 0.2,
});
const records = [...simulateRecords(scenario)];

/** What a reader finds who knows the arrival of each record and all interactions before it. */
function* judge() {
  const seen = new Set<string>();
  const interactions = new Set<string>();
  for (const record of records) {
    const decoded = decodeEvent(record.value);
    if (!decoded.ok) yield { record, found: decoded.code };
    else {
      const { event, id } = decoded;
      const timeMs = eventTimeMs(event);
      if (timeMs > record.arrivedMs + 5 * minuteMs) yield { record, found: 'SEAM_EVENT_FUTURE' };
      else if (timeMs < record.arrivedMs - 7 * dayMs) yield { record, found: 'SEAM_EVENT_TOO_LATE' };
      else if (seen.has(id)) yield { record, found: 'duplicate' };
      else {
        if (event.type === eventTypes.interactionClosed) interactions.add(event.data.interactionId);
        const isOrphan =
          event.type === eventTypes.surveyAnswered && !interactions.has(event.data.interactionId);
        yield { record, found: isOrphan ? 'SEAM_SURVEY_ORPHAN' : 'accepted' };
      }
      seen.add(id);
    }
  }
}

test('every record is what it says it is', () => {
  const wrong = [...judge()].filter(({ record, found }) => found !== record.expected);
  expect(wrong).toEqual([]);
});

test('there are bad records of every kind, as many as wanted', () => {
  const counts = new Map<string, number>();
  for (const { expected } of records) counts.set(expected, (counts.get(expected) ?? 0) + 1);
  expect([...counts.keys()].sort()).toEqual([
    'SEAM_EVENT_FUTURE',
    'SEAM_EVENT_TOO_LARGE',
    'SEAM_EVENT_TOO_LATE',
    'SEAM_NOT_CLOUDEVENT',
    'SEAM_NOT_JSON',
    'SEAM_SCORE_RANGE',
    'SEAM_SURVEY_ORPHAN',
    'SEAM_UNKNOWN_TYPE',
    'SEAM_WRONG_SHAPE',
    'SEAM_WRONG_TIMES',
    'accepted',
    'duplicate',
  ]);
  const accepted = counts.get('accepted')!;
  expect(Math.abs((records.length - accepted) / accepted - 0.2)).toBeLessThan(0.02);
});

test('the good ones are the events of the scenario, keyed by customer, on their topics', () => {
  const accepted = records.filter((r) => r.expected === 'accepted');
  expect(accepted.map((r) => r.value)).toEqual([...simulate(scenario)].map((e) => JSON.stringify(e)));
  for (const { value, key, topic } of accepted) {
    const { type, data } = JSON.parse(String(value));
    if (type === eventTypes.interactionClosed)
      expect([key, topic]).toEqual([data.customerId ?? data.interactionId, 'interactions']);
    if (type === eventTypes.surveyAnswered) expect(topic).toBe('surveys');
  }
});
