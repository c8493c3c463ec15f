import { expect, test } from 'vitest';
import { alertSentence } from './sentence.ts';

type Told = Parameters<typeof alertSentence>[0];

const told: Told = {
  segmentTitle: 'AI only, returns',
  measure: 'repeat_contact',
  direction: 'worse',
  onset: { at: '2026-03-03T11:00:00Z', lower: '2026-02-28T08:00:00Z', upper: '2026-03-04T02:00:00Z' },
  effect: { value: 0.184, lower: 0.176, upper: 0.192, n: 8412, baseline: 0.151 },
  carriers: [],
  limit: null,
  owner: 'Ada',
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

test('several signals are told with what carries them, the strongest first', () => {
  const repeat = { value: 0.169, lower: 0.16, upper: 0.178, n: 8412, baseline: 0.151 };
  const csat = { value: 4.05, lower: 4, upper: 4.1, n: 812, baseline: 4.2 };
  const carriers: Told['carriers'] = [
    { measure: 'repeat_contact', part: 0.6, effect: repeat },
    { measure: 'csat', part: 0.4, effect: csat },
  ];
  expect(say({ measure: 'composite', effect: null, carriers })).toBe(
    'AI only, returns: several signals got worse together since about 3 March (28 Feb – 4 Mar): repeat contact from ' +
      '15.1 % to 16.9 %, CSAT from 4.20 to 4.05; across everything watched, chance alone gives this at most once in 14 years.',
  );
});

test('a threshold is told with its limit, its owner and who may do what', () => {
  const effect = { value: 3.92, lower: 3.85, upper: 3.99, n: 812, baseline: null };
  const limit = { below: 4.1, window: '24h', authoriser: 'Head of Service', action: 'pause' } as const;
  expect(say({ measure: 'csat', effect, limit, installationDays: null })).toBe(
    'AI only, returns: CSAT over 24h is 3.92 (3.85–3.99, n 812), below the limit of 4.10. Owner: Ada; Head of Service may authorise a pause.',
  );
  const waits = { ...limit, below: undefined, above: 300_000 } as unknown as typeof limit;
  const long = { value: 420_000, lower: 420_000, upper: 420_000, n: 90, baseline: null };
  expect(say({ measure: 'seam_wait_p90', effect: long, limit: waits })).toContain(
    'Seam wait, 90th percentile over 24h is 420 s (420–420 s, n 90), above the limit of 300 s.',
  );
});
