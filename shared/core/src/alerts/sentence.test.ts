import { expect, test } from 'vitest';
import { alertSentence } from './sentence.ts';

type Told = Parameters<typeof alertSentence>[0];

const told: Told = {
  segmentTitle: 'AI only, returns',
  measure: 'repeat_contact',
  direction: 'worse',
  onset: { at: '2026-03-03T11:00:00Z', lower: '2026-02-28T08:00:00Z', upper: '2026-03-04T02:00:00Z' },
  effect: { value: 0.184, lower: 0.176, upper: 0.192, n: 8412, baseline: 0.151 },
  installationDays: 14.9 * 365.25,
  learning: false,
};
const say = (more: Partial<Told>, timeZone = 'UTC') => alertSentence({ ...told, ...more }, timeZone);

test('a share is told in per cent', () => {
  expect(say({})).toBe(
    'AI only, returns: repeat contact rose from 15.1 % to 18.4 % (17.6–19.2 %, n 8,412) since about 3 March ' +
      '(28 Feb – 4 Mar); across everything watched, chance alone gives this at most once in 14 years.',
  );
});

test('a score is told on its scale, and its decline is a fall', () => {
  const effect = { value: 3.98, lower: 3.904, upper: 4.056, n: 812, baseline: 4.2 };
  expect(say({ segmentTitle: 'All interactions', measure: 'csat', effect, installationDays: 30 })).toBe(
    'All interactions: CSAT fell from 4.20 to 3.98 (3.90–4.06, n 812) since about 3 March (28 Feb – 4 Mar); ' +
      'across everything watched, chance alone gives this at most once in 30 days.',
  );
});

test('NPS is told as the mean answer, since that is what the evidence is on', () => {
  const effect = { value: 6.1, lower: 5.2, upper: 6.7, n: 62, baseline: 6.8 };
  expect(say({ measure: 'nps', effect })).toContain(
    'AI only, returns: the mean answer to the NPS question (0 to 10) fell from 6.80 to 6.10 (5.20–6.70, n 62) since',
  );
});

test('an improvement goes the other way', () => {
  expect(say({ direction: 'better' })).toContain('repeat contact fell from');
  expect(say({ direction: 'better', measure: 'ces' })).toContain('the customer effort score rose from');
});

test('a baseline that is still learning is told', () => {
  expect(say({ learning: true, installationDays: 40 })).toMatch(
    /once in 40 days\. The baseline is still learning\.$/,
  );
});

test('an onset known to the day has no range', () => {
  const onset = { ...told.onset, lower: '2026-03-03T01:00:00Z', upper: '2026-03-03T20:00:00Z' };
  expect(say({ onset })).toContain('since about 3 March; across');
});

test('dates are those of the time zone', () => {
  expect(say({}, 'Pacific/Auckland')).toContain('since about 4 March (28 Feb – 4 Mar)');
  expect(say({}, 'America/Los_Angeles')).toContain('since about 3 March (28 Feb – 3 Mar)');
});

test.each([
  [0.01, '2 hours'],
  [1.5, '36 hours'],
  [2, '2 days'],
  [60, '60 days'],
  [61, '2 months'],
  [89, '2 months'],
  [730, '23 months'],
  [731, '2 years'],
  [365.25 * 999.9, '999 years'],
  [365.25 * 1000, 'a thousand years'],
  [1e300, 'a thousand years'],
])('evidence of %d days is once in %s', (installationDays, text) => {
  expect(say({ installationDays })).toMatch(new RegExp(`at most once in ${text}\\.$`));
});
