import type { Family } from '@seamwatch/contracts/measures.ts';
import type { CellAttribute } from '@seamwatch/contracts/policy.ts';
import type { Cell } from '../cells/cell.ts';

/** Attributes of a stratum, the most telling first: what a thin stratum falls back on last. */
const order = [
  'path',
  'category',
  'complexity',
  'emotion',
  'tier',
  'valueBand',
  'channel',
  'language',
  'market',
  'modelVersion',
] as const satisfies readonly CellAttribute[];

const withoutPath = order.filter((attribute) => attribute !== 'path');

/**
 * Key of the stratum that a family's baseline is conditional on. Path is the outcome of escalation and so never in its strata. `earlier`: for hazards the
 * age in days, and outcomes of the same interaction that were known before (chain rule), most telling first.
 */
export function stratumKey(family: Family, cell: Cell, earlier: readonly (string | number)[] = []): string {
  const attributes = family === 'escalation_rate' ? withoutPath : order;
  return [...earlier, ...attributes.map((attribute) => cell[attribute])].join('|');
}
