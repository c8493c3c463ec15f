import type { Path, Tier } from '@seamwatch/contracts/measures.ts';
import {
  type CellAttribute,
  cellAttributes,
  type Policy,
  type SegmentRule,
} from '@seamwatch/contracts/policy.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';
import { type Cell, parseCell, unknown } from '../cells/cell.ts';

const pathTitles: Record<string, string> = { ai: 'AI only', seam: 'handed off', human: 'human only' };

/** An attribute's value in a title. */
const titleOf: Record<CellAttribute, (value: string) => string> = {
  tier: (value) => `tier ${value}`,
  path: (value) => pathTitles[value] ?? value,
  category: (value) => value.replaceAll('_', ' '),
  complexity: (value) => `${value} complexity`,
  emotion: (value) => `${value} emotion`,
  channel: (value) => (value === unknown ? 'unknown channel' : value),
  market: (value) => `market ${value}`,
  language: (value) => `language ${value}`,
  valueBand: (value) => `${value} value`,
  modelVersion: (value) => `model ${value}`,
};

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Separators of an id are escaped in values, so that two slices never share an id. */
const escaped = (value: string): string =>
  value.replace(/[%.:+]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

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

/** Id of the segment of what finds no room. */
const otherId = 'other';

/**
 * Is a segment a matter of path? Path is the outcome of an escalation, so it has no escalation rate. What is left over in `other` was
 * sorted by path as well.
 */
export const hasPath = ({ id, where }: Segment): boolean => where.path !== undefined || id === otherId;

/** What the seam board shows: there whatever else a policy asks for. */
export const boardRules: readonly SegmentRule[] = [
  { each: ['tier'] },
  { each: ['path'] },
  { each: ['tier', 'path'] },
];

/**
 * Which segments a cell belongs to. Segments of an `each` rule come into being with the first cell that needs them, up to
 * the policy's maximum; past it, cells count in `other` for such a rule. Numbers are given in order of first sight.
 */
export class SegmentRules {
  readonly segments: Segment[] = [];
  readonly #byId = new Map<string, number>();
  readonly #policy: Policy;
  readonly #rules: readonly SegmentRule[];

  /** `rules`: the policy's own, and whatever else is to be watched. */
  constructor(policy: Policy, rules: readonly SegmentRule[] = policy.segments) {
    this.#policy = policy;
    this.#rules = rules;
    this.#add(describe('all', 'All interactions', {}));
    for (const rule of this.#rules) {
      if ('id' in rule) this.#add(describe(rule.id, rule.title ?? rule.id, rule.where));
    }
  }

  number(id: string): number | undefined {
    return this.#byId.get(id);
  }

  /** Segment numbers of a cell, ascending; makes those that are missing. */
  of(cellKey: string): number[] {
    const wanted = this.#wanted(parseCell(cellKey));
    return ascending(wanted.map((segment) => this.#byId.get(segment.id) ?? this.#make(segment)));
  }

  /** As `of`, without those that would have to be made. */
  known(cellKey: string): number[] {
    const full = this.segments.length >= this.#policy.maximumSegments;
    const rest = full ? this.#byId.get(otherId) : undefined;
    const numbers = this.#wanted(parseCell(cellKey)).map(({ id }) => this.#byId.get(id) ?? rest);
    return ascending(numbers.filter((number) => number !== undefined));
  }

  /** Puts segments back under the numbers that they had; those of rules that the policy has since got come after them. */
  restore(segments: readonly Segment[]): void {
    const own = this.segments.splice(0);
    const stored = new Set(segments.map(({ id }) => id));
    for (const segment of segments) this.#add(own.find(({ id }) => id === segment.id) ?? segment);
    for (const segment of own) if (!stored.has(segment.id)) this.#add(segment);
  }

  #wanted(cell: Cell): Segment[] {
    const wanted = [this.segments[0]!];
    for (const rule of this.#rules) {
      if (rule.where && !matches(rule.where, cell)) continue;
      wanted.push('id' in rule ? this.segments[this.#byId.get(rule.id)!]! : this.#slice(rule, cell));
    }
    return wanted;
  }

  /** What a cell is to an `each` rule: the slice of its values, of what the rule looks at. */
  #slice({ each, where = {} }: Extract<SegmentRule, { each: unknown }>, cell: Cell): Segment {
    const slice: Where = { ...where };
    for (const name of each) slice[name] = [cell[name]];
    const names = Object.keys(slice) as CellAttribute[];
    const id = names.map((name) => `${name}:${slice[name]!.map(escaped).join('+')}`).join('.');
    const title = names.map((name) => slice[name]!.map((value) => this.#title(name, value)).join(' or '));
    return describe(id, capitalised(title.join(', ')), slice);
  }

  #make(segment: Segment): number {
    if (this.segments.length < this.#policy.maximumSegments) return this.#add(segment);
    return (
      this.#byId.get(otherId) ?? this.#add(describe(otherId, 'Everything past the maximum of segments', {}))
    );
  }

  #title(name: CellAttribute, value: string): string {
    const own = name === 'category' ? this.#policy.categories[value]?.title : undefined;
    return own ?? titleOf[name](value);
  }

  #add(segment: Segment): number {
    const number = this.segments.push(segment) - 1;
    this.#byId.set(segment.id, number);
    return number;
  }
}
