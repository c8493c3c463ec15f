import type { Signal } from '@seamwatch/contracts/measures.ts';
import type { Policy } from '@seamwatch/contracts/policy.ts';
import type { Segment } from '@seamwatch/contracts/records.ts';

/** Who owns the number: of a threshold on it, else of its category, else of the success measure. */
export function ownerOf(policy: Policy, segment: Segment, measure: Signal): string | null {
  const threshold = policy.thresholds.find((t) => t.measure === measure && t.segment === segment.id);
  const category = segment.category ? policy.categories[segment.category] : undefined;
  return threshold?.owner ?? category?.owner ?? policy.success?.owner ?? null;
}
