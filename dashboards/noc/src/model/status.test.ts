import { rateStates } from '@seamwatch/contracts/measures.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anAlert, aPoint, someEvidence } from './build.ts';
import { type Condition, condition, marks, summarise } from './status.ts';

const quiet = someEvidence();
const mark = (...args: Parameters<typeof condition>) => condition(...args).mark;

test('only a measured number that is watched and quiet is good', () => {
  expect(mark(aPoint(), quiet, undefined)).toBe('quiet');
  expect(mark(aPoint(), undefined, undefined)).toBe('measured');
});

test.each(rateStates.filter((state) => state !== 'ok'))(
  '%s is never good, whatever the evidence',
  (state) => {
    expect(mark(aPoint({ state }), quiet, undefined)).toBe(state);
    expect(mark(aPoint({ state, value: null }), quiet, undefined)).toBe(state);
  },
);

test('a point that is missing or without a value is no data', () => {
  expect(mark(undefined, quiet, undefined)).toBe('no_data');
  expect(mark(aPoint({ value: null }), quiet, undefined)).toBe('no_data');
});

test('a baseline that is too short says learning', () => {
  expect(mark(aPoint(), someEvidence({ learning: true }), undefined)).toBe('learning');
});

test('an open alert stays where its data have gone', () => {
  expect(condition(undefined, undefined, anAlert({ level: 'critical' }))).toEqual({
    mark: 'critical',
    data: 'no_data',
    watched: true,
  });
});

test('the worse of alert and evidence counts', () => {
  expect(mark(aPoint(), someEvidence({ level: 'critical' }), anAlert())).toBe('critical');
  expect(mark(aPoint(), quiet, anAlert())).toBe('warning');
  expect(mark(aPoint(), someEvidence({ level: 'watch' }), undefined)).toBe('watch');
});

const ok: Condition = { mark: 'quiet', data: 'ok', watched: true };
const missing: Condition = { mark: 'no_data', data: 'no_data', watched: false };

test('several numbers are as bad as the worst, and partly measured where some are missing', () => {
  expect(summarise([ok, { ...ok, mark: 'watch' }, missing])).toBe('watch');
  expect(summarise([ok, missing])).toBe('partial');
  expect(summarise([missing, { ...missing, mark: 'not_enough_data' }])).toBe('not_enough_data');
  expect(summarise([])).toBe('no_data');
  expect(summarise([ok, { ...ok, mark: 'learning' }])).toBe('learning');
  expect(summarise([ok, { ...ok, mark: 'measured', watched: false }])).toBe('quiet');
});

test('nothing with a missing number is ever summarised as quiet', () => {
  const any = fc.constantFrom(...marks).map((m): Condition => ({ mark: m, data: 'ok', watched: true }));
  fc.assert(
    fc.property(fc.array(any), (all) => {
      const bad = ['no_data', 'not_enough_data', 'stale', 'learning'];
      return summarise(all) !== 'quiet' || all.every((c) => !bad.includes(c.mark));
    }),
  );
});
