import { type Instrument, instruments, scoreRange } from '@seamwatch/contracts/events.ts';
import type { CounterLayout } from './counters.ts';

/** Bands of a score; `none`: no answer yet. */
const bands = ['none', 'bad', 'middling', 'good'] as const;
/** Number of a band, 0 for none. */
export type Band = 0 | 1 | 2 | 3;

/** CSAT 1–2, 3, 4–5; CES 1–3, 4–5, 6–7; NPS 0–6, 7–8, 9–10. */
const fromMiddling: Record<Instrument, number> = { csat: 3, ces: 4, nps: 7 };
const fromGood: Record<Instrument, number> = { csat: 4, ces: 6, nps: 9 };

export function bandOf(instrument: Instrument, score: number): Band {
  if (score >= fromGood[instrument]) return 3;
  return score >= fromMiddling[instrument] ? 2 : 1;
}

/** What was known of the same interaction before: the outcomes that a later one is conditioned on. */
export interface Earlier {
  abandoned: boolean;
  band: Band;
  /** Had the customer come back? Only told of scores: who came back is not at risk any more. */
  repeated: boolean;
}

const hazardContexts = 2 * bands.length;
const scoreContexts = 2 * hazardContexts;

const contextOf = ({ abandoned, band, repeated }: Earlier): number =>
  (repeated ? hazardContexts : 0) + (abandoned ? bands.length : 0) + band;

/** A context in words, as it stands in the key of a stratum. */
export const contextNames: readonly string[] = Array.from({ length: scoreContexts }, (_, context) => {
  const said = [
    ...(context >= hazardContexts ? ['repeated'] : []),
    ...(context % hazardContexts >= bands.length ? ['abandoned'] : []),
    bands[context % bands.length]!,
  ];
  return said.join('+');
});

/** What a counter counts, in one context. */
export type LinkedCounter =
  | { kind: 'score'; instrument: Instrument; bin: number; context: number }
  | { kind: 'joined' | 'failed'; age: number; context: number };

/**
 * Counters of outcomes cross-tabulated by what was known before of the same interaction; numbered after those of the
 * `CounterLayout`. Only evidence uses them; they are in no window.
 *
 * Scores: one counter for each instrument, context and score. Repeat contact: at risk at age a are all who `joined`
 * their context at age 0 … a (who leave one take 1 away); of them `failed` came back at that age.
 */
export class LinkedCounters {
  readonly first: number;
  readonly ages: number;
  readonly size: number;
  readonly #scores: Readonly<Record<Instrument, number>>;
  readonly #joined: number;
  readonly #failed: number;

  constructor(layout: CounterLayout) {
    this.first = layout.size;
    this.ages = layout.ages;
    let next = this.first;
    const scores: Partial<Record<Instrument, number>> = {};
    for (const instrument of instruments) {
      scores[instrument] = next;
      next += scoreContexts * layout.histogram(instrument).size;
    }
    this.#scores = scores as Record<Instrument, number>;
    this.#joined = next;
    this.#failed = next + hazardContexts * this.ages;
    this.size = this.#failed + hazardContexts * this.ages - this.first;
  }

  score(instrument: Instrument, score: number, earlier: Earlier): number {
    const [low, high] = scoreRange[instrument];
    return this.#scores[instrument] + contextOf(earlier) * (high - low + 1) + score - low;
  }

  joined(age: number, earlier: Earlier): number {
    return this.#joined + contextOf(earlier) * this.ages + age;
  }

  failed(age: number, earlier: Earlier): number {
    return this.#failed + contextOf(earlier) * this.ages + age;
  }

  is(counter: number): boolean {
    return counter >= this.first;
  }

  /** Does it count answers, rather than who is at risk? `counter` ≥ `first`. */
  isScore(counter: number): boolean {
    return counter < this.#joined;
  }

  /** What a counter counts; `counter` ≥ `first`. */
  parse(counter: number): LinkedCounter {
    if (counter >= this.#joined) {
      const kind = counter >= this.#failed ? 'failed' : 'joined';
      const rest = counter - (kind === 'failed' ? this.#failed : this.#joined);
      return { kind, age: rest % this.ages, context: Math.floor(rest / this.ages) };
    }
    const instrument = instruments.findLast((each) => counter >= this.#scores[each])!;
    const [low, high] = scoreRange[instrument];
    const rest = counter - this.#scores[instrument];
    const size = high - low + 1;
    return { kind: 'score', instrument, bin: rest % size, context: Math.floor(rest / size) };
  }
}
