import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRow } from './parse-row.ts';

const comma = { delimiter: ',', quote: '"' };

describe('a row', () => {
  it('is split at its delimiters', () => {
    expect(parseRow('a,,c', comma)).toEqual(['a', '', 'c']);
    expect(parseRow('a||b', { delimiter: '||', quote: null })).toEqual(['a', 'b']);
  });

  it('may hold delimiters, line ends and quotes between quotes', () => {
    expect(parseRow('"a,b","say ""no""","two\nlines",', comma)).toEqual([
      'a,b',
      'say "no"',
      'two\nlines',
      '',
    ]);
    expect(parseRow('"",""""', comma)).toEqual(['', '"']);
  });

  it('is not complete while a quote is open', () => {
    expect(parseRow('a,"b', comma)).toBeUndefined();
    expect(parseRow('"a""', comma)).toBeUndefined();
  });

  it('takes a quote in the middle of a field as it is', () => {
    expect(parseRow('5" screen,b', comma)).toEqual(['5" screen', 'b']);
    expect(parseRow('"a,b', { delimiter: ',', quote: null })).toEqual(['"a', 'b']);
  });

  it('gives back whatever was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
        const text = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
        expect(parseRow(text, comma)).toEqual(fields);
      }),
    );
  });
});
