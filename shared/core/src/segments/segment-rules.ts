import type { Path, Tier } from '@seamwatch/contracts/measures.ts';
import { type CellAttribute, cellAttributes, type Policy } from '@seamwatch/contracts/policy.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { type Cell, parseCell } from '../cells/cell.ts';

const titles: Partial<Record<CellAttribute, Record<string, string>>> = {
  tier: { '1': 'Tier 1', '2': 'Tier 2' },
  path: { ai: 'AI only', seam: 'handed off', human: 'human only' },
};

/** Separators of an id are escaped in values, so that two slices never share an id. */
const escaped = (value: string): string => value.replace(/[%.:]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

type Where = Partial<Record<CellAttribute, readonly string[]>>;

function matches(where: Where, cell: Cell): boolean {
  for (const name of cellAttributes) {
    const allowed = where[name];
    if (allowed && !allowed.includes(cell[name])) return false;
  }
  return true;
}

/** Attributes with one allowed value become properties of the segment, so that surfaces can place it. */
function describe(id: string, title: string, where: Where): Segment {
  const only = (name: CellAttribute) => (where[name]?.length === 1 ? where[name][0] : undefined);
  const segment: Segment = { id, title, where: where as Record<string, string[]> };
  const tier = only('tier');
  if (tier) segment.tier = tier as Tier;
  const path = only('path');
  if (path) segment.path = path as Path;
  for (const name of ['category', 'channel', 'market', 'valueBand', 'complexity', 'emotion'] as const) {
    const value = only(name);
    if (value !== undefined) segment[name] = value;
  }
  return segment;
}

/**
 * Which segments a cell belongs to. Segments of an `each` rule come into being with the first cell that needs them, up to
 * the policy's maximum; past it, cells count in `other` for such a rule. Numbers are given in order of first sight.
 */
export class SegmentRules {
  readonly segments: Segment[] = [];
  readonly #byId = new Map<string, number>();
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#add(describe('all', 'All interactions', {}));
    for (const rule of policy.segments) {
      if ('id' in rule) this.#add(describe(rule.id, rule.title ?? rule.id, rule.where));
    }
  }

  number(id: string): number | undefined {
    return this.#byId.get(id);
  }

  /** Segment numbers of a cell, ascending. The result depends on the cells seen before only where the maximum is reached. */
  of(cellKey: string): number[] {
    const cell = parseCell(cellKey);
    const numbers = new Set([0]);
    for (const rule of this.#policy.segments) {
      if ('id' in rule) {
        if (matches(rule.where, cell)) numbers.add(this.#byId.get(rule.id)!);
      } else if (!rule.where || matches(rule.where, cell)) {
        numbers.add(this.#each(rule.each, rule.where ?? {}, cell));
      }
    }
    return [...numbers].sort((a, b) => a - b);
  }

  /** Puts a segment back under the number that it had. */
  restore(segment: Segment): void {
    if (!this.#byId.has(segment.id)) this.#add(segment);
  }

  #each(names: readonly CellAttribute[], base: Where, cell: Cell): number {
    const id = names.map((name) => `${name}:${escaped(cell[name])}`).join('.');
    const known = this.#byId.get(id);
    if (known !== undefined) return known;
    if (this.segments.length >= this.#policy.maximumSegments) {
      return (
        this.#byId.get('other') ?? this.#add(describe('other', 'Everything past the maximum of segments', {}))
      );
    }
    const title = names.map((name) => this.#title(name, cell[name])).join(', ');
    const where = { ...base, ...Object.fromEntries(names.map((name) => [name, [cell[name]]])) };
    return this.#add(describe(id, title, where));
  }

  #title(name: CellAttribute, value: string): string {
    if (name === 'category') return this.#policy.categories[value]?.title ?? value;
    return titles[name]?.[value] ?? `${name} ${value}`;
  }

  #add(segment: Segment): number {
    const number = this.segments.push(segment) - 1;
    this.#byId.set(segment.id, number);
    return number;
  }
}

/** Does every cell of `inner` belong to `outer` as well? */
export function contains(outer: Segment, inner: Segment): boolean {
  return Object.entries(outer.where).every(([name, allowed]) => {
    const values = inner.where[name];
    return values?.every((value) => allowed.includes(value)) ?? false;
  });
}
