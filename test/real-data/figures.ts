import type { Input, Interaction } from './interactions.ts';

const day = 86_400_000;
const hour = 3_600_000;
const repeatDays = 7;
/** A second contact is known only when it closes: an age counts this long after it has passed. */
const maxHandleTime = 4 * hour;

export const attributes = [
  'path',
  'category',
  'channel',
  'valueBand',
  'complexity',
  'market',
  'language',
] as const satisfies readonly (keyof Interaction)[];
export type Where = Partial<Record<(typeof attributes)[number], readonly string[]>>;

export interface Figures {
  interactions: number;
  identified: number;
  aiStarted: number;
  escalated: number;
  escalationRate: number | null;
  escalatedByCause: Record<string, number>;
  loops: number;
  seamAbandonments: number;
  seamAbandonmentRate: number | null;
  /** In ms, by rank ⌊q·(n − 1)⌋. */
  seamWait: { n: number; p50: number | null; p90: number | null; p99: number | null };
  /** By age in days. */
  repeat: { rate: number | null; atRisk: number[]; events: number[] };
  claimed: { n: number; share: number | null };
  csat: { n: number; value: number | null };
  ces: { n: number; value: number | null };
  nps: { n: number; value: number | null };
}

/** From when on a window counts, in ms: 1h and 24h slide by the minute, 7d and 28d are whole hours plus the running one. */
export function windowStart(window: string, asOf: number): number {
  const match = /^(\d+)(h|d)$/.exec(window);
  if (!match) throw new Error(`${window} is no window such as 28d`);
  const length = Number(match[1]) * (match[2] === 'h' ? hour : day);
  return length <= day ? asOf - length : Math.floor((asOf - 1) / hour) * hour - length;
}

/** Age in days of the repeat that is charged to an interaction, where there is one within seven days. */
function repeatAges(interactions: readonly Interaction[]): Map<Interaction, number> {
  const byCustomer = Map.groupBy(
    interactions.filter(({ customer }) => customer !== null),
    ({ customer }) => customer,
  );
  const ages = new Map<Interaction, number>();
  for (const contacts of byCustomer.values()) {
    contacts.sort((a, b) => a.start - b.start || a.close - b.close);
    for (let i = 1; i < contacts.length; i++) {
      const earlier = contacts[i - 1]!;
      const age = Math.floor(Math.max(0, contacts[i]!.start - earlier.close) / day);
      if (age < repeatDays) ages.set(earlier, age);
    }
  }
  return ages;
}

/** Counts for any slice, of what is known at `asOf` (ms). */
export class Count {
  readonly #asOf: number;
  readonly #from: number;
  readonly #known: Interaction[];
  readonly #ages: Map<Interaction, number>;
  readonly #answers: { of: Interaction; instrument: string; score: number }[];

  constructor(input: Input, asOf: number, window: string) {
    this.#asOf = asOf;
    this.#from = windowStart(window, asOf);
    this.#known = input.interactions.filter(({ close }) => close < asOf);
    this.#ages = repeatAges(this.#known);
    const byId = new Map(this.#known.map((interaction) => [interaction.id, interaction]));
    this.#answers = input.answers.flatMap(({ interaction, instrument, score, at }) => {
      const of = byId.get(interaction);
      return of && at >= this.#from && at < asOf ? [{ of, instrument, score }] : [];
    });
  }

  /** Values of an attribute, sorted. */
  values(attribute: (typeof attributes)[number]): string[] {
    return [...new Set(this.#known.map((interaction) => interaction[attribute]))].sort();
  }

  figures(where: Where = {}): Figures {
    const matches = (one: Interaction) =>
      attributes.every((name) => where[name]?.includes(one[name]) ?? true);
    const slice = this.#known.filter(matches);
    const closed = slice.filter(({ close }) => close >= this.#from);
    const escalated = closed.filter(({ path }) => path === 'seam');
    const aiStarted = closed.filter(({ path }) => path !== 'human').length;
    const seamAbandonments = escalated.filter((one) => one.seamAbandoned).length;
    const known = closed.filter((one) => one.claimedResolved !== null);
    return {
      interactions: closed.length,
      identified: closed.filter(({ customer }) => customer !== null).length,
      aiStarted,
      escalated: escalated.length,
      escalationRate: share(escalated.length, aiStarted),
      escalatedByCause: Object.fromEntries(
        [...Map.groupBy(escalated, ({ cause }) => cause!)].map(([cause, list]) => [cause, list.length]),
      ),
      loops: escalated.filter(({ handoffs }) => handoffs > 1).length,
      seamAbandonments,
      seamAbandonmentRate: share(seamAbandonments, escalated.length),
      seamWait: quantiles(escalated.flatMap(({ waits }) => waits)),
      repeat: this.#repeat(slice),
      claimed: {
        n: known.length,
        share: share(known.filter((one) => one.claimedResolved).length, known.length),
      },
      csat: mean(this.#scores(matches, 'csat')),
      ces: mean(this.#scores(matches, 'ces')),
      nps: nps(this.#scores(matches, 'nps')),
    };
  }

  #scores(matches: (one: Interaction) => boolean, wanted: string): number[] {
    return this.#answers.flatMap(({ of, instrument, score }) =>
      instrument === wanted && matches(of) ? [score] : [],
    );
  }

  /** An age counts once it is complete, and in the window in which that happens. */
  #repeat(slice: readonly Interaction[]): Figures['repeat'] {
    const atRisk = new Array<number>(repeatDays).fill(0);
    const events = new Array<number>(repeatDays).fill(0);
    for (const interaction of slice) {
      if (interaction.customer === null) continue;
      const repeatAge = this.#ages.get(interaction) ?? repeatDays;
      for (let age = 0; age <= Math.min(repeatAge, repeatDays - 1); age++) {
        const complete = interaction.close + (age + 1) * day + maxHandleTime;
        if (complete > this.#asOf || complete < this.#from) continue;
        atRisk[age]!++;
        if (age === repeatAge) events[age]!++;
      }
    }
    // Where nobody is at risk at some age, nothing can be said of that age, and so of the whole.
    const stayed = atRisk.reduce((product, n, age) => product * (1 - events[age]! / n), 1);
    return { rate: atRisk.every((n) => n > 0) ? 1 - stayed : null, atRisk, events };
  }
}

const share = (k: number, n: number): number | null => (n > 0 ? k / n : null);

function quantiles(waits: number[]): Figures['seamWait'] {
  waits.sort((a, b) => a - b);
  const at = (q: number) => waits[Math.floor(q * (waits.length - 1))] ?? null;
  return { n: waits.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

const mean = (scores: readonly number[]): { n: number; value: number | null } => ({
  n: scores.length,
  value: scores.length > 0 ? scores.reduce((sum, score) => sum + score, 0) / scores.length : null,
});

function nps(scores: readonly number[]): { n: number; value: number | null } {
  const promoters = scores.filter((score) => score >= 9).length;
  const detractors = scores.filter((score) => score <= 6).length;
  return {
    n: scores.length,
    value: scores.length > 0 ? (100 * (promoters - detractors)) / scores.length : null,
  };
}
