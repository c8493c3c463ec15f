import { describe, expect, it } from 'vitest';
import { parseCell } from '../cells/cell.ts';
import { stratumKey } from './strata.ts';

const cell = parseCell('1|seam|returns|low|neutral|chat|de|en|mid|m-3');

describe('strata', () => {
  it('begin with what tells most, so that thin ones fall back on it', () => {
    expect(stratumKey('csat', cell)).toBe('seam|returns|low|1|mid|chat|de');
  });

  it('never condition escalation on the path, which is its outcome', () => {
    expect(stratumKey('escalation_rate', cell)).toBe('returns|low|neutral|1|mid|chat|de');
  });

  it('put age and earlier outcomes first', () => {
    expect(stratumKey('repeat_contact', cell, [3, 'abandoned'])).toMatch(/^3\|abandoned\|seam\|returns/);
  });
});
