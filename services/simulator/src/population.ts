import { type ValueBand, valueBands } from '@seamwatch/contracts/events.ts';
import { dayMs, minuteMs } from '@seamwatch/contracts/units.ts';
import { keyOf, type RandomStream } from './random.ts';
import { cumulative, logNormal, normal, pick } from './samplers.ts';
import type { Scenario } from './scenario.ts';

/** Where somebody lives, and what they speak. */
export interface Home {
  market: string;
  language: string;
}

export interface Customer extends Home {
  id: string;
  valueBand: ValueBand;
  annualValue: number;
  churnRisk: number;
}

export const repeatWindowDays = 7;
export const escalatedWithinDays = 90;
const attempts = 64;

/**
 * The customers: a fixed number of places, each taken by a new customer when the one before has churned. Who somebody
 * is follows from the seed; kept are ten bytes a place: until when no new matter of theirs would be a new matter
 * (it would be a repeat contact), when they last escalated, and how many held the place before.
 */
export class Population {
  private readonly freeAtMinute: Uint32Array;
  private readonly escalatedMinute: Uint32Array;
  private readonly generation: Uint16Array;
  private readonly groups: { from: number; size: number }[] = [];
  private readonly groupSums: number[];
  private readonly bandSums: number[];
  private readonly markets: { name: string; languages: string[]; languageSums: number[] }[];
  private readonly marketSums: number[];
  private readonly scenario: Scenario;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    const { customers, interactionsPerDay, markets } = scenario;
    const count =
      customers.count ?? Math.min(5_000_000, Math.max(1_000, Math.round(interactionsPerDay * 150)));
    this.freeAtMinute = new Uint32Array(count);
    this.escalatedMinute = new Uint32Array(count);
    this.generation = new Uint16Array(count);
    let from = 0;
    for (const end of cumulative(customers.activity.map((a) => a.share))) {
      const to = Math.round(end * count);
      this.groups.push({ from, size: to - from });
      from = to;
    }
    this.groupSums = cumulative(
      customers.activity.map((a, i) => (this.groups[i]?.size === 0 ? 0 : a.share * a.rate)),
    );
    this.bandSums = cumulative(valueBands.map((b) => customers.valueBands[b].share));
    this.markets = Object.entries(markets).map(([name, m]) => ({
      name,
      languages: Object.keys(m.languages),
      languageSums: cumulative(Object.values(m.languages)),
    }));
    this.marketSums = cumulative(Object.values(markets).map((m) => m.share));
  }

  /** A place whose customer has a new matter now, by how often each one comes; undefined where all are busy. */
  draw(random: RandomStream, timeMs: number): number | undefined {
    for (let i = 0; i < attempts; i++) {
      const group = this.groups[pick(this.groupSums, random.uniform())]!;
      const place = group.from + random.below(group.size);
      if (group.size > 0 && this.isQuiet(place, timeMs)) return place;
    }
    return undefined;
  }

  /** The last contact lies at least the repeat window back. */
  isQuiet(place: number, timeMs: number): boolean {
    return this.freeAtMinute[place]! * minuteMs <= timeMs;
  }

  escalatedBefore(place: number, timeMs: number): boolean {
    const escalated = this.escalatedMinute[place]!;
    return escalated > 0 && timeMs - escalated * minuteMs <= escalatedWithinDays * dayMs;
  }

  /** Notes an interaction of this customer. */
  contacted(place: number, closedMs: number, handedOffMs: number | undefined): void {
    this.freeAtMinute[place] = Math.ceil((closedMs + repeatWindowDays * dayMs) / minuteMs);
    if (handedOffMs !== undefined) this.escalatedMinute[place] = Math.floor(handedOffMs / minuteMs);
  }

  /** Gives the place to a new customer. */
  replace(place: number): void {
    this.generation[place] = this.generation[place]! + 1;
    this.escalatedMinute[place] = 0;
  }

  id(place: number): string {
    const generation = this.generation[place]!;
    return generation === 0 ? `c-${place}` : `c-${place}.${generation}`;
  }

  customer(random: RandomStream, place: number): Customer {
    random.open(keyOf(this.scenario.seed, -1, place, this.generation[place]!), 'customer');
    const home = this.home(random);
    const valueBand = valueBands[pick(this.bandSums, random.uniform())]!;
    const { annualValue } = this.scenario.customers.valueBands[valueBand];
    return {
      id: this.id(place),
      market: home.market,
      language: home.language,
      valueBand,
      annualValue: Math.round(logNormal(annualValue, 0.35, normal(random)) * 100) / 100,
      churnRisk: Math.round(random.uniform() ** 3 * 1_000) / 1_000,
    };
  }

  home(random: RandomStream): Home {
    const market = this.markets[pick(this.marketSums, random.uniform())]!;
    return { market: market.name, language: market.languages[pick(market.languageSums, random.uniform())]! };
  }
}
