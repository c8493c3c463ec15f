import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Point, toLine } from './point.ts';

const at = Date.UTC(2026, 2, 1, 12, 5);
const rate = (tags: object, fields: object): Point => ({
  measurement: 'seam_rate',
  tags,
  fields,
  timeMs: at,
});

test('a rate is written with its tags, n as an integer, the rest as floats, and the time in milliseconds', () => {
  const point = rate(
    { segment: 'all', measure: 'csat', window: '24h', value_band: 'top' },
    { value: 4, lower: 3.9, upper: 4.1, n: 250, baseline: 4.2, state: 'ok' },
  );
  expect(toLine(point)).toBe(
    `seam_rate,measure=csat,segment=all,value_band=top,window=24h baseline=4.2,lower=3.9,n=250i,state="ok",upper=4.1,value=4 ${at}`,
  );
});

test('a value that is null, absent, NaN or infinite is left out, never written as a number', () => {
  const fields = {
    value: null,
    lower: Number.NaN,
    upper: Number.POSITIVE_INFINITY,
    baseline: undefined,
    n: 0,
  };
  expect(toLine(rate({ segment: 'all' }, fields))).toBe(`seam_rate,segment=all n=0i ${at}`);
});

test('a point without any field to write makes no line', () => {
  expect(toLine(rate({ segment: 'all' }, { value: null }))).toBeUndefined();
});

test('an empty tag is left out', () => {
  expect(toLine(rate({ segment: 'all', market: '' }, { n: 1 }))).toBe(`seam_rate,segment=all n=1i ${at}`);
});

test('commas, spaces, equals signs and quotes are escaped; what line protocol cannot hold is replaced', () => {
  const point: Point = {
    measurement: 'seam_alert',
    tags: { segment: 'a, b=c\\d\\' },
    fields: { title: 'he said "no" \\ left', seq: 3 },
    timeMs: at,
  };
  expect(toLine(point)).toBe(
    `seam_alert,segment=a\\,\\ b\\=c\\d/ seq=3i,title="he said \\"no\\" \\\\ left" ${at}`,
  );
});

test('the type of a field is the same for every value', () => {
  const types = (line: string) => line.split(' ')[1]?.replace(/=-?\d[\de.+-]*(i?)(?=,|$)/g, '=#$1');
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), (value, n) => {
      expect(types(toLine(rate({}, { n, value })) ?? '')).toBe('n=#i,value=#');
    }),
  );
});
