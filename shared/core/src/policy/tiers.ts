import type { Tier } from '@seamwatch/contracts/measures.ts';
import type { Policy, TierRule } from '@seamwatch/contracts/policy.ts';
import type { Attributes } from '../cells/cell.ts';

export interface TierDecision {
  tier: Tier;
  /** Index into `TierRules.names` of what decided. */
  rule: number;
}

/**
 * What the policy says should handle an interaction. In this order: the rules of the file (first match), a customer who
 * has already escalated (tier 2), the tier of the category, its regulatory exposure (tier 2), the default tier.
 */
export class TierRules {
  /** Names of all rules that can decide, for "breach by rule". */
  readonly names: readonly string[];
  /** Milliseconds for which an escalation counts as "before"; Infinity for `ever`. */
  readonly escalatedWithinMs: number;
  readonly #rules: readonly TierRule[];
  readonly #policy: Policy;

  constructor(policy: Policy) {
    this.#policy = policy;
    this.#rules = policy.tiers.rules;
    this.names = [...this.#rules.map((r) => r.id), 'escalated_before', 'category', 'regulatory', 'default'];
    const within = policy.tiers.escalatedWithin;
    this.escalatedWithinMs = within === 'ever' ? Number.POSITIVE_INFINITY : within;
  }

  decide(attributes: Attributes, escalatedBefore: boolean): TierDecision {
    const own = this.#rules.length;
    for (let rule = 0; rule < own; rule++) {
      const candidate = this.#rules[rule]!;
      if (matches(candidate.when, attributes, escalatedBefore)) return { tier: candidate.tier, rule };
    }
    if (escalatedBefore) return { tier: '2', rule: own };
    const category = this.#policy.categories[attributes.category];
    if (category?.tier) return { tier: category.tier, rule: own + 1 };
    if (category?.regulatory) return { tier: '2', rule: own + 2 };
    return { tier: this.#policy.tiers.default, rule: own + 3 };
  }
}

function matches(when: TierRule['when'], attributes: Attributes, escalatedBefore: boolean): boolean {
  const has = (allowed: readonly string[] | undefined, value: string) =>
    allowed === undefined || allowed.includes(value);
  return (
    has(when.category, attributes.category) &&
    has(when.channel, attributes.channel) &&
    has(when.market, attributes.market) &&
    has(when.complexity, attributes.complexity) &&
    has(when.valueBand, attributes.valueBand) &&
    has(when.emotion, attributes.emotion) &&
    (when.escalatedBefore === undefined || when.escalatedBefore === escalatedBefore)
  );
}
