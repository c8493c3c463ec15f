import type { HandoffCause } from '@seamwatch/contracts/events.ts';
import { minuteMs, secondMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import type { Centre } from './centre.ts';
import type { Contact } from './contact.ts';
import type { Traits } from './planted.ts';
import { correlated, happens, logNormal, withOdds } from './samplers.ts';

export interface Handoffs {
  handoffs: { at: string; cause: HandoffCause; answeredAt: string | null }[];
  /** The customer left after the last handoff, unanswered. */
  isAbandoned: boolean;
  /** When the last handoff was answered, or the customer left. */
  endMs: number;
  /** Work between handoffs, where there was more than one. */
  aiMs: number;
  humanMs: number;
}

const longestWaitMs = 60 * minuteMs;
const secondLoop = 0.3;
/** However quiet it is, a human has to be found. */
const leastLoad = 0.2;

/** Draws the handoffs of an escalated interaction, from the moment at which the AI first asks for a human. */
export function drawHandoffs(
  centre: Centre,
  contact: Contact,
  traits: Traits,
  { experience, emotion, fromMs }: { experience: number; emotion: number; fromMs: number },
): Handoffs {
  const { random, scenario, planted } = centre;
  const { seamWait, experience: loadings } = scenario;
  const load = Math.max(leastLoad, centre.shape.load(contact.startMs)) ** seamWait.load;
  const medianMs =
    seamWait.median *
    load *
    centre.channels[contact.channel]!.waitFactor *
    planted.factor('seam_wait', contact.startMs, traits);
  const out: Handoffs = { handoffs: [], isAbandoned: false, endMs: fromMs, aiMs: 0, humanMs: 0 };

  random.open(contact.key, 'handoffs');
  const loops = random.uniform() < scenario.handoffs.loops ? (random.uniform() < secondLoop ? 2 : 1) : 0;
  let wait = 0;
  for (let i = 0; i <= loops; i++) {
    if (i > 0) {
      const humanMs = Math.round((0.5 + 2 * random.uniform()) * minuteMs);
      const aiMs = Math.round((20 + 60 * random.uniform()) * secondMs);
      out.humanMs += humanMs;
      out.aiMs += aiMs;
      out.endMs += humanMs + aiMs;
    }
    const atMs = out.endMs;
    const cause = drawCause(centre, contact.planned.repeat > 0, emotion < 0, random.uniform());
    wait = correlated(random, -experience, loadings.wait);
    const waitMs = Math.min(longestWaitMs, logNormal(medianMs, seamWait.sigma, wait));
    out.endMs = atMs + Math.max(secondMs, Math.round(waitMs));
    out.handoffs.push({ at: toRfc3339(atMs), cause, answeredAt: toRfc3339(out.endMs) });
  }

  random.open(contact.key, 'abandonment');
  const p = planted.share(
    'seam_abandonment',
    withOdds(scenario.abandonment.seam, load),
    traits,
    contact.startMs,
  );
  if (happens(p, correlated(random, wait, loadings.abandonment))) {
    const last = out.handoffs.at(-1)!;
    const atMs = Date.parse(last.at);
    last.answeredAt = null;
    out.isAbandoned = true;
    out.endMs = atMs + Math.round((out.endMs - atMs) * (0.2 + 0.8 * random.uniform()));
  }
  return out;
}

function drawCause({ causes }: Centre, isRepeat: boolean, isUpset: boolean, u: number): HandoffCause {
  const weightOf = ([cause, weight]: readonly [HandoffCause, number]): number =>
    (cause === 'repeat_contact' && !isRepeat) || (cause === 'negative_emotion' && !isUpset) ? 0 : weight;
  let rest = u * causes.reduce((sum, c) => sum + weightOf(c), 0);
  for (const cause of causes) {
    rest -= weightOf(cause);
    if (rest < 0) return cause[0];
  }
  return 'customer_request';
}
