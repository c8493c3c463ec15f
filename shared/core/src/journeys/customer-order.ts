import { dayMs, type Minute } from '@seamwatch/contracts/units.ts';
import { cellKey, parseCell } from '../cells/cell.ts';
import type { TierRules } from '../policy/tiers.ts';
import type { Changes } from './changes.ts';
import type { Contributions } from './contributions.ts';
import type { Customers } from './customers.ts';
import { type InteractionIndex, outcome } from './interaction-index.ts';
import type { KnownCells } from './known-cells.ts';

const isWithin = (ms: number, from: number, to: number): boolean => ms >= from && ms < to;

/**
 * The interactions of each customer in order of their start, and what follows from that order: which one a repeat contact is charged
 * to, and who had escalated before. A late event may change both for its neighbours; they are then counted anew.
 */
export class CustomerOrder {
  readonly #customers: Customers;
  readonly #index: InteractionIndex;
  readonly #tiers: TierRules;
  readonly #cells: KnownCells;
  readonly #counts: Contributions;
  readonly #changes: Changes;
  readonly #ages: number;

  constructor(options: {
    customers: Customers;
    index: InteractionIndex;
    tiers: TierRules;
    cells: KnownCells;
    counts: Contributions;
    changes: Changes;
    /** Days in the repeat window. */
    ages: number;
  }) {
    this.#customers = options.customers;
    this.#index = options.index;
    this.#tiers = options.tiers;
    this.#cells = options.cells;
    this.#counts = options.counts;
    this.#changes = options.changes;
    this.#ages = options.ages;
  }

  /** Was the customer handed off within the policy's time before this start? */
  escalatedBefore(customer: number, startMs: number): boolean {
    const since = startMs - this.#tiers.escalatedWithinMs;
    const lastMs = this.#customers.escalatedMs.get(customer);
    if (Number.isFinite(lastMs) && isWithin(lastMs, since, startMs)) return true;
    const index = this.#index;
    for (let row = this.#customers.newest.get(customer); row >= 0; row = index.older.get(row)) {
      const escalatedMs = index.escalatedMs.get(row);
      if (escalatedMs !== 0 && isWithin(escalatedMs, since, startMs)) return true;
    }
    return false;
  }

  /** Links a row into its customer's list; returns the next newer row, or -1. */
  link(row: number): number {
    const index = this.#index;
    const customer = index.customer.get(row);
    let newer = -1;
    let older = this.#customers.newest.get(customer);
    while (older >= 0 && index.isNewer(older, row)) {
      newer = older;
      older = index.older.get(older);
    }
    index.older.set(row, older);
    if (newer < 0) this.#customers.newest.set(customer, row);
    else index.older.set(newer, row);
    return newer;
  }

  /** Takes a row out of its customer's list. */
  unlink(row: number): void {
    const index = this.#index;
    const customer = index.customer.get(row);
    let newer = -1;
    let at = this.#customers.newest.get(customer);
    while (at !== row) {
      newer = at;
      at = index.older.get(at);
    }
    if (newer < 0) this.#customers.newest.set(customer, index.older.get(row));
    else index.older.set(newer, index.older.get(row));
  }

  /** Puts a new row into its customer's order, and counts anew whatever that changes. */
  settle(row: number, stamp: Minute): void {
    const index = this.#index;
    const newer = this.link(row);
    const older = index.older.get(row);
    if (older >= 0) this.#charge(older, row, stamp);
    if (newer >= 0) this.#charge(row, newer, stamp);
    if (index.escalatedMs.get(row) === 0) return;
    const customer = index.customer.get(row);
    for (let other = this.#customers.newest.get(customer); other >= 0; other = index.older.get(other)) {
      if (index.startMs.get(other) > index.escalatedMs.get(row)) this.#retier(other, stamp);
    }
  }

  /** The interaction `next` is charged to `row`, the customer's latest before it. */
  #charge(row: number, next: number, stamp: Minute): void {
    const index = this.#index;
    const elapsed = Math.max(0, index.startMs.get(next) - index.closeMs.get(row));
    const days = Math.floor(elapsed / dayMs);
    const age = days < this.#ages ? days : -1;
    const sameMatter = age >= 0 && this.#category(row) === this.#category(next);
    if (age === index.repeatAge.get(row) && sameMatter === index.has(row, outcome.sameMatter)) return;
    this.#counts.repeat(row, -1, stamp);
    this.#counts.relink(row, stamp, () => {
      index.repeatAge.set(row, age);
      index.repeatStamp.set(row, stamp);
    });
    index.mark(row, outcome.sameMatter, sameMatter);
    this.#counts.repeat(row, 1, stamp);
    this.#changes.interaction(row);
  }

  #category(row: number): string {
    return this.#cells.category(this.#index.cell.get(row));
  }

  /** An escalation that was not known when `row` was counted may change its tier. */
  #retier(row: number, stamp: Minute): void {
    const index = this.#index;
    const cell = parseCell(this.#cells.key(index.cell.get(row)));
    const before = this.escalatedBefore(index.customer.get(row), index.startMs.get(row));
    const { tier, rule } = this.#tiers.decide(cell, before);
    if (tier === cell.tier && rule === index.rule.get(row)) return;
    this.#counts.interaction(row, -1, stamp, true);
    this.#cells.leave(index.cell.get(row));
    index.cell.set(row, this.#cells.number(cellKey(tier, cell)));
    this.#cells.enter(index.cell.get(row));
    index.rule.set(row, rule);
    index.mark(row, outcome.breach, tier === '2' && index.has(row, outcome.aiHandled));
    this.#counts.interaction(row, 1, stamp, true);
    this.#changes.interaction(row);
  }
}
