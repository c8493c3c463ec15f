import type { Family } from '@seamwatch/contracts/measures.ts';
import type { CellAttribute } from '@seamwatch/contracts/policy.ts';
import type { Cell } from '../cells/cell.ts';

const contact = [
  'path',
  'category',
  'complexity',
  'tier',
  'valueBand',
] as const satisfies readonly CellAttribute[];
const answer = [...contact, 'channel', 'market'] as const satisfies readonly CellAttribute[];

/**
 * Attributes that a family's baseline is conditional on, the most telling first: what a thin stratum falls
 * back on last. Path is the outcome of escalation and so never in its strata; a model version is in none, or
 * a new model would become its own baseline. What tells little is left out, so that strata stay thick: scores
 * are few, and hazards have a trial an age.
 */
const attributesOf: Readonly<Record<Family, readonly CellAttribute[]>> = {
  escalation_rate: ['category', 'complexity', 'emotion', 'tier', 'valueBand', 'channel', 'market'],
  seam_abandonment: contact,
  repeat_contact: contact,
  csat: answer,
  ces: answer,
  nps: answer,
};

/**
 * Key of the stratum of a cell. `earlier`: for hazards the age in days, and outcomes of the same interaction
 * that were known before (chain rule), most telling first.
 */
export const stratumKey = (family: Family, cell: Cell, earlier: readonly (string | number)[] = []): string =>
  [...earlier, ...attributesOf[family].map((attribute) => cell[attribute])].join('|');
