import type { Tier } from '@seamwatch/contracts/measures.ts';
import { getOrAdd } from '../bytes/get-or-add.ts';
import { type Attributes, cellKey } from './cell.ts';

type Branch = Map<string, Branch | number>;

/**
 * Numbers of cells by what they are made of, found one attribute after the other: a cell's key, a text of some seventy
 * letters, is made once a cell and not once an event (measured: 0.2 µs instead of 1.1).
 */
export class CellNumbers {
  readonly #root: Branch = new Map();
  readonly #number: (key: string) => number;

  /** `number` gives the number of a key, new or known; always the same. */
  constructor(number: (key: string) => number) {
    this.#number = number;
  }

  of(tier: Tier, a: Attributes): number {
    // What there are many of comes last, so that there are few branches.
    let at = next(this.#root, a.modelVersion);
    at = next(at, tier);
    at = next(at, a.path);
    at = next(at, a.emotion);
    at = next(at, a.complexity);
    at = next(at, a.channel);
    at = next(at, a.market);
    at = next(at, a.language);
    at = next(at, a.valueBand);
    const known = at.get(a.category);
    if (known !== undefined) return known as number;
    const number = this.#number(cellKey(tier, a));
    at.set(a.category, number);
    return number;
  }
}

const newBranch = (): Branch => new Map();
const next = (branch: Branch, value: string): Branch => getOrAdd(branch, value, newBranch) as Branch;
