import { expect, test } from 'vitest';
import { openBySeries } from './alerts.ts';
import { anAlert, aPoint, someEvidence, someRates } from './build.ts';
import { Picture } from './picture.ts';
import { together } from './together.ts';

const composite = (changes = {}) => someEvidence({ measure: 'composite', ...changes });
const stand = (rates: Parameters<typeof someRates>[1], alerts = [] as ReturnType<typeof anAlert>[]) => {
  const picture = new Picture();
  picture.takeRates([someRates('ai', rates)]);
  return together(picture, 'ai', '7d', openBySeries(alerts));
};

test('several signals that stand out together say which ones carry them', () => {
  const carriers = [
    { measure: 'csat' as const, part: 0.6 },
    { measure: 'nps' as const, part: 0.4 },
  ];
  const state = stand({ evidence: [composite({ level: 'watch', carriers })] });
  expect(state?.condition.mark).toBe('watch');
  expect(state?.carriers).toEqual(carriers);
});

test('an open composite alert marks them as severe as it is', () => {
  const alert = anAlert({ measure: 'composite', effect: null, level: 'critical' });
  expect(stand({ evidence: [composite()] }, [alert])).toMatchObject({
    condition: { mark: 'critical' },
    alert,
  });
});

test('signals without any data are not quiet together', () => {
  const points = [aPoint({ value: null, state: 'stale' })];
  expect(stand({ points, evidence: [composite()] })?.condition.mark).toBe('stale');
  expect(stand({ evidence: [composite()] })?.condition.mark).toBe('quiet');
});

test('where the signals are not watched together there is nothing to say', () => {
  expect(stand({ evidence: [someEvidence()] })).toBeUndefined();
});
