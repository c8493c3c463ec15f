import { type Complexity, complexities } from '@seamwatch/contracts/events.ts';
import type { Centre } from './centre.ts';
import type { Customer, Home } from './population.ts';
import { type Key, keyOf } from './random.ts';
import { cumulative, pick } from './samplers.ts';

/** An interaction that is going to start: the `index`-th new matter of a quarter of an hour, or a repeat of it. */
export interface Planned {
  startMs: number;
  quarter: number;
  index: number;
  /** 0: a new matter; n: the n-th repeat after it. */
  repeat: number;
  /** The interaction that is repeated. */
  after?: { place: number; category: number; channel: number };
}

/** Somebody gets in touch. */
export interface Contact {
  key: Key;
  id: string;
  startMs: number;
  planned: Planned;
  /** Undefined: unidentified. */
  place: number | undefined;
  customer: Customer | undefined;
  home: Home;
  category: number;
  channel: number;
  complexity: Complexity;
}

/** Draws who gets in touch, about what, and how. */
export function drawContact(centre: Centre, planned: Planned): Contact {
  const { random, population, scenario } = centre;
  const { startMs, quarter, index, repeat, after } = planned;
  const key = keyOf(scenario.seed, quarter - centre.drawsFromQuarter, index, repeat);

  random.open(key, 'identity');
  const isUnidentified = random.uniform() < scenario.customers.unidentified;
  const unknownHome = population.home(random);
  const place = after?.place ?? (isUnidentified ? undefined : population.draw(random, startMs));
  const customer = place === undefined ? undefined : population.customer(random, place);

  random.open(key, 'matter');
  const category = drawCategory(centre, startMs, random.uniform(), random.uniform(), after?.category);
  const sameChannel = random.uniform() < scenario.repeat.sameChannel;
  const otherChannel = pick(centre.channelSums, random.uniform());
  const complexity = complexities[pick(centre.categories[category]!.complexitySums, random.uniform())]!;
  return {
    key,
    id: `i-${quarter.toString(36)}-${index.toString(36)}${repeat === 0 ? '' : `.${repeat}`}`,
    startMs,
    planned,
    place,
    customer,
    home: customer ?? unknownHome,
    category,
    channel: after && sameChannel ? after.channel : otherChannel,
    complexity,
  };
}

/** The category of a new matter; of a repeat mostly the same one, else any other. */
function drawCategory(centre: Centre, timeMs: number, u: number, v: number, before?: number): number {
  const shares = centre.planted.mix(centre.categoryShares, centre.categoryNames, timeMs);
  if (before === undefined) return pick(cumulative(shares), u);
  const others = shares.map((s, i) => (i === before ? 0 : s));
  const isSame = v < centre.scenario.repeat.sameMatter || others.every((s) => s === 0);
  return isSame ? before : pick(cumulative(others), u);
}
