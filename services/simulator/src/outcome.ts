import type { InteractionClosed } from '@seamwatch/contracts/events.ts';
import type { Path } from '@seamwatch/contracts/measures.ts';
import { minuteMs, secondMs } from '@seamwatch/contracts/units.ts';
import type { Centre } from './centre.ts';
import type { Contact } from './contact.ts';
import { drawHandoffs, type Handoffs } from './handoffs.ts';
import type { Traits } from './planted.ts';
import { correlated, happens, logNormal, normal, withOdds } from './samplers.ts';

/** How an interaction went. */
export interface Outcome {
  path: Path;
  traits: Traits;
  emotion: number;
  /** The hidden factor, standard normal: the higher, the better it went for the customer. */
  experience: number;
  handoffs: Handoffs['handoffs'];
  closedMs: number;
  abandoned: boolean;
  claimedResolved: boolean | null;
  turns: number;
  handleTimeMs: number;
  decision: InteractionClosed['decision'];
}

const aiMedianMs = { low: 80 * secondMs, medium: 140 * secondMs, high: 220 * secondMs };
const humanMedianMs = { low: 4 * minuteMs, medium: 6.5 * minuteMs, high: 11 * minuteMs };
const emotionSpread = 0.35;
const turnMs = 20 * secondMs;

/** Draws how an interaction goes. */
export function drawOutcome(centre: Centre, contact: Contact): Outcome {
  const { random, scenario, planted } = centre;
  const { key, startMs, complexity, place } = contact;
  const category = centre.categories[contact.category]!;
  const hasEscalated = place !== undefined && centre.population.escalatedBefore(place, startMs);

  random.open(key, 'start');
  const aiOdds = hasEscalated ? scenario.customers.aiOddsAfterEscalation : 1;
  const startsWithAi = random.uniform() < withOdds(category.startsWithAi, aiOdds);
  const mood = normal(random);
  const emotion = round(Math.min(1, Math.max(-1, category.emotion + emotionSpread * mood)));
  const traits: Traits = {
    path: undefined,
    tier: hasEscalated ? 2 : category.tier,
    category: category.name,
    channel: centre.channels[contact.channel]!.name,
    market: contact.home.market,
    language: contact.home.language,
    complexity,
    valueBand: contact.customer?.valueBand,
    modelVersion: startsWithAi ? modelAt(centre, startMs) : undefined,
  };

  random.open(key, 'escalation');
  const escalation = planted.share('escalation', category.escalation[complexity], traits, startMs);
  const isEscalated =
    startsWithAi && happens(escalation, correlated(random, -mood, scenario.experience.escalation));
  const path: Path = isEscalated ? 'seam' : startsWithAi ? 'ai' : 'human';
  traits.path = path;

  const experience = normal(random.open(key, 'experience'));
  random.open(key, 'handling');
  const aiMs = handling(aiMedianMs[complexity], normal(random));
  const humanMs = handling(humanMedianMs[complexity], normal(random));
  const leavesAfter = 0.1 + 0.9 * random.uniform();

  let handoffs: Handoffs = { handoffs: [], isAbandoned: false, endMs: startMs, humanMs: 0, aiMs: 0 };
  let abandoned: boolean;
  let closedMs: number;
  let workMs: number;
  if (isEscalated) {
    handoffs = drawHandoffs(centre, contact, traits, { experience, emotion, fromMs: startMs + aiMs });
    abandoned = handoffs.isAbandoned;
    closedMs = handoffs.endMs + (abandoned ? 0 : humanMs);
    workMs = aiMs + handoffs.aiMs + handoffs.humanMs + (abandoned ? 0 : humanMs);
  } else {
    abandoned = random.open(key, 'abandonment').uniform() < scenario.abandonment[path];
    workMs = Math.round((path === 'ai' ? aiMs : humanMs) * (abandoned ? leavesAfter : 1));
    closedMs = startMs + workMs;
  }
  return {
    path,
    traits,
    emotion,
    experience,
    handoffs: handoffs.handoffs,
    closedMs,
    abandoned,
    claimedResolved: drawResolution(centre, contact, traits, experience, handoffs.isAbandoned),
    turns: Math.max(1, Math.round(workMs / turnMs)),
    handleTimeMs: workMs,
    decision: category.decision && drawDecision(centre, contact, path, category.decision),
  };
}

const round = (x: number): number => Math.round(x * 100) / 100;

/** Time that somebody works on it, in whole ms, half of the median to 40 minutes. */
const handling = (medianMs: number, z: number): number =>
  Math.round(Math.min(40 * minuteMs, Math.max(medianMs / 2, logNormal(medianMs, 0.55, z))));

function modelAt({ scenario }: Centre, timeMs: number): string {
  let version = scenario.models[0]!.version;
  for (const model of scenario.models) if ((model.at ?? -Infinity) <= timeMs) version = model.version;
  return version;
}

function drawResolution(
  { random, scenario, planted }: Centre,
  contact: Contact,
  traits: Traits,
  experience: number,
  hasLeftAtSeam: boolean,
): boolean | null {
  random.open(contact.key, 'resolution');
  const isUnknown = random.uniform() < scenario.claimedResolution.unknown;
  const z = correlated(random, experience, scenario.experience.resolution);
  if (isUnknown) return null;
  if (hasLeftAtSeam) return false;
  const p = scenario.claimedResolution.share[traits.path ?? 'ai'];
  return happens(planted.share('claimed_resolution', p, traits, contact.startMs), z);
}

function drawDecision(
  { random }: Centre,
  contact: Contact,
  path: Path,
  rates: NonNullable<Centre['categories'][number]['decision']>,
): InteractionClosed['decision'] {
  random.open(contact.key, 'decision');
  if (random.uniform() >= rates.share) return undefined;
  const adverse = random.uniform() < rates.adverse;
  const isReviewed = random.uniform() < rates.humanReviewed;
  const isAvailable = random.uniform() < rates.humanAvailable;
  const decidedBy = path === 'ai' ? 'ai' : 'human';
  return {
    kind: rates.kind,
    adverse,
    decidedBy,
    humanAvailable: decidedBy === 'human' || isAvailable || isReviewed,
    humanReviewed: decidedBy === 'human' || isReviewed,
  };
}
