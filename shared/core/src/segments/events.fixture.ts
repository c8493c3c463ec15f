import {
  type InteractionClosed,
  type SurveyAnswered,
  type SurveySent,
  scoreRange,
} from '@seamwatch/contracts/events.ts';
import { dayMs, minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import { seededRandom } from '../detection/random.fixture.ts';

/** One event of a small made-up contact centre. */
export interface FixtureEvent {
  topic: 'interactions' | 'surveys';
  timeMs: number;
  /** Decides the partition; a number for every customer, also the unidentified. */
  customer: number;
  data: InteractionClosed | SurveySent | SurveyAnswered;
}

/** Shares of what can happen to an interaction. */
export interface Shares {
  escalated: number;
  repeat: number;
  /** Of the answers to CSAT and NPS, those from the lower half. */
  unhappy: number;
}

export interface FixtureOptions {
  fromMs: number;
  days: number;
  perDay: number;
  seed: number;
  shares?: Shares;
  /** What holds for interactions that start within a time, where the filter says so. */
  decline?: Shares & {
    fromMs: number;
    toMs?: number;
    where?: (i: Pick<InteractionClosed, 'channel' | 'category'>) => boolean;
  };
  /** Channels in use at a time. */
  channelsAt?: (ms: number) => readonly string[];
}

const usual: Shares = { escalated: 0.15, repeat: 0.15, unhappy: 0.2 };
const categories = ['faq', 'returns', 'dispute'] as const;

function declined(
  { fromMs, toMs = Number.POSITIVE_INFINITY, where }: NonNullable<FixtureOptions['decline']>,
  startMs: number,
  of: Pick<InteractionClosed, 'channel' | 'category'>,
): boolean {
  return startMs >= fromMs && startMs < toMs && (where?.(of) ?? true);
}

/** Events of all interactions that start within the days, in order of event time. */
export function eventsOf(options: FixtureOptions): FixtureEvent[] {
  const {
    fromMs,
    days,
    perDay,
    seed,
    shares = usual,
    decline,
    channelsAt = () => ['chat', 'voice'],
  } = options;
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const events: FixtureEvent[] = [];
  let interactions = 0;
  let surveys = 0;

  const interact = (startMs: number, customer: number, identified: boolean): void => {
    const id = `i${++interactions}`;
    const category = pick(categories);
    const channel = pick(channelsAt(startMs));
    const now = decline && declined(decline, startMs, { channel, category }) ? decline : shares;
    const startedWith = random() < 0.8 ? 'ai' : 'human';
    const closeMs = startMs + Math.round((3 + 40 * random()) * minuteMs);
    const handoffs: InteractionClosed['handoffs'] = [];
    if (startedWith === 'ai' && random() < now.escalated) {
      for (let n = random() < 0.2 ? 2 : 1; n > 0; n--) {
        const atMs = startMs + minuteMs + handoffs.length * 20_000;
        handoffs.push({
          at: toRfc3339(atMs),
          cause: pick(['customer_request', 'policy', 'technical'] as const),
          answeredAt: random() < 0.8 ? toRfc3339(atMs + Math.round(300_000 * random())) : null,
        });
      }
    }
    const customerId = identified ? `c${customer}` : null;
    events.push({
      topic: 'interactions',
      timeMs: closeMs,
      customer,
      data: {
        interactionId: id,
        customerId,
        startedAt: toRfc3339(startMs),
        closedAt: toRfc3339(closeMs),
        startedWith,
        handoffs,
        category,
        channel,
        emotion: pick([-0.9, 0, 0.9]),
        claimedResolved: pick([true, true, false, null]),
        abandoned: random() < 0.3,
        modelVersion: startMs < fromMs + (days / 2) * dayMs ? 'm1' : 'm2',
      },
    });
    for (const instrument of ['csat', 'nps'] as const) {
      if (random() >= 0.5) continue;
      const survey = { surveyId: `s${++surveys}`, interactionId: id, customerId, instrument };
      const sentMs = closeMs + 5 * minuteMs;
      events.push({
        topic: 'surveys',
        timeMs: sentMs,
        customer,
        data: { ...survey, sentAt: toRfc3339(sentMs) },
      });
      if (random() >= 0.6) continue;
      const [low, high] = scoreRange[instrument];
      const middle = Math.floor((low + high) / 2);
      const range = random() < now.unhappy ? [low, middle] : [middle + 1, high];
      const score = range[0]! + Math.floor(random() * (range[1]! - range[0]! + 1));
      const answeredMs = sentMs + Math.round(random() ** 3 * 9 * dayMs);
      events.push({
        topic: 'surveys',
        timeMs: answeredMs,
        customer,
        data: { ...survey, score, answeredAt: toRfc3339(answeredMs) },
      });
    }
    if (!identified || random() >= now.repeat) return;
    const againMs = closeMs + Math.round(random() * 6.9 * dayMs);
    if (againMs < fromMs + days * dayMs) interact(againMs, customer, true);
  };

  for (let day = 0; day < days; day++) {
    for (let n = 0; n < perDay; n++) {
      interact(Math.round(fromMs + (day + random()) * dayMs), Math.floor(random() * 1e6), random() < 0.9);
    }
  }
  return events.sort((a, b) => a.timeMs - b.timeMs);
}
