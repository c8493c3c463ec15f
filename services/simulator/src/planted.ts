import type { Complexity, Instrument, ValueBand } from '@seamwatch/contracts/events.ts';
import type { Path } from '@seamwatch/contracts/measures.ts';
import { dayMs } from '@seamwatch/contracts/units.ts';
import type { Planted, Signal, Where } from './planted-schema.ts';
import { withOdds } from './samplers.ts';

/** What a planted change can select an interaction by. */
export interface Traits {
  path: Path | undefined;
  tier: 1 | 2;
  category: string;
  channel: string;
  market: string;
  language: string;
  complexity: Complexity;
  valueBand: ValueBand | undefined;
  modelVersion: string | undefined;
}

/** How many scores from the bottom count as bad, and from which index scores count as promoting. */
export const badScores = { csat: 2, ces: 3, nps: 7 } as const satisfies Record<Instrument, number>;
const firstPromoter = 9;

const includes = (wanted: readonly string[] | undefined, found: string | undefined): boolean =>
  wanted === undefined || (found !== undefined && wanted.includes(found));

const matches = (where: Where, traits: Traits): boolean =>
  includes(where.path, traits.path) &&
  (where.tier === undefined || where.tier === traits.tier) &&
  includes(where.category, traits.category) &&
  includes(where.channel, traits.channel) &&
  includes(where.market, traits.market) &&
  includes(where.language, traits.language) &&
  includes(where.complexity, traits.complexity) &&
  includes(where.valueBand, traits.valueBand) &&
  includes(where.modelVersion, traits.modelVersion);

/** How much of a planted change holds at a moment: 0 before, rising over the ramp, 1, and 0 again after its end. */
export function strengthAt(planted: Pick<Planted, 'from' | 'rampDays' | 'to'>, timeMs: number): number {
  if (timeMs < planted.from || (planted.to !== undefined && timeMs >= planted.to)) return 0;
  return planted.rampDays === 0 ? 1 : Math.min(1, (timeMs - planted.from) / (planted.rampDays * dayMs));
}

const clamp = (p: number): number => Math.min(1, Math.max(0, p));

function changedShare(planted: Planted, p: number, strength: number): number {
  return planted.oddsRatio === undefined
    ? clamp(p + (planted.points ?? 0) * strength)
    : withOdds(p, planted.oddsRatio ** strength);
}

/** Scales the weights so that those up to index `count` have the share `to` of them. */
function moveBottom(weights: readonly number[], count: number, to: number): number[] {
  const bottom = weights.slice(0, count).reduce((a, b) => a + b, 0);
  const top = weights.slice(count).reduce((a, b) => a + b, 0);
  return weights.map((w, i) =>
    i < count ? share(w, bottom, count) * to : share(w, top, weights.length - count) * (1 - to),
  );
}

/** A weight's share of its group; an empty group is spread evenly. */
const share = (weight: number, group: number, size: number): number =>
  group > 0 ? weight / group : 1 / size;

/** The planted changes of a scenario, by signal. */
export class PlantedChanges {
  private readonly bySignal = new Map<Signal, Planted[]>();

  constructor(planted: readonly Planted[]) {
    for (const p of planted) this.bySignal.set(p.signal, [...(this.bySignal.get(p.signal) ?? []), p]);
  }

  /** A probability after the changes planted in its signal. */
  share(signal: Signal, p: number, traits: Traits, timeMs: number): number {
    let changed = p;
    for (const planted of this.bySignal.get(signal) ?? []) {
      const strength = strengthAt(planted, timeMs);
      if (strength > 0 && matches(planted.where, traits)) changed = changedShare(planted, changed, strength);
    }
    return changed;
  }

  /** What waits (`traits` given) or volume are multiplied by. */
  factor(signal: 'seam_wait' | 'volume', timeMs: number, traits?: Traits): number {
    let factor = 1;
    for (const planted of this.bySignal.get(signal) ?? []) {
      if (traits && !matches(planted.where, traits)) continue;
      factor *= 1 + ((planted.factor ?? 1) - 1) * strengthAt(planted, timeMs);
    }
    return factor;
  }

  /** Shares of the scores, from the lowest up, after the changes planted in the instrument. */
  scores(
    instrument: Instrument,
    shares: readonly number[],
    traits: Traits,
    timeMs: number,
  ): readonly number[] {
    let changed = shares;
    for (const planted of this.bySignal.get(instrument) ?? []) {
      const strength = strengthAt(planted, timeMs);
      if (strength === 0 || !matches(planted.where, traits)) continue;
      const count = badScores[instrument];
      const bad = changed.slice(0, count).reduce((a, b) => a + b, 0);
      changed =
        instrument === 'nps' && planted.points !== undefined
          ? shiftNps(changed, planted.points * strength)
          : moveBottom(changed, count, changedShare(planted, bad, strength));
    }
    return changed;
  }

  /** Shares of the categories after the planted changes of mix. */
  mix(shares: readonly number[], names: readonly string[], timeMs: number): readonly number[] {
    let changed = shares;
    for (const planted of this.bySignal.get('mix') ?? []) {
      const strength = strengthAt(planted, timeMs);
      if (strength === 0) continue;
      const inGroup = names.map((name) => includes(planted.where.category, name));
      const group = changed.reduce((sum, s, i) => sum + (inGroup[i] ? s : 0), 0);
      if (group <= 0 || group >= 1) continue;
      const to = changedShare(planted, group, strength);
      changed = changed.map((s, i) => (inGroup[i] ? (s / group) * to : (s / (1 - group)) * (1 - to)));
    }
    return changed;
  }
}

/** Moves half of the points from the promoters to those between, and half of them from there to the detractors. */
function shiftNps(shares: readonly number[], points: number): number[] {
  const sum = (from: number, to: number) => shares.slice(from, to).reduce((a, b) => a + b, 0);
  const half = points / 200;
  const detractors = clamp(sum(0, badScores.nps) - half);
  const promoters = Math.min(1 - detractors, clamp(sum(firstPromoter, 11) + half));
  const groups = [
    { from: 0, to: badScores.nps, share: detractors },
    { from: badScores.nps, to: firstPromoter, share: 1 - detractors - promoters },
    { from: firstPromoter, to: 11, share: promoters },
  ];
  return groups.flatMap((g) =>
    shares.slice(g.from, g.to).map((s) => share(s, sum(g.from, g.to), g.to - g.from) * g.share),
  );
}
