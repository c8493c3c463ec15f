import { difference } from '@seamwatch/core/segments/pipeline.fixture.ts';
import type { Outcome, ShownTopic } from './outcome.ts';

/** One aspect of two runs: how much of it there is, how much differs, and the first that does. */
export interface Comparison {
  what: string;
  compared: number;
  different: number;
  example?: string;
}

/** Two maps, entry by entry. */
export function compareMaps<V>(
  what: string,
  found: ReadonlyMap<string, V>,
  right: ReadonlyMap<string, V>,
): Comparison {
  const keys = new Set([...right.keys(), ...found.keys()]);
  const wrong = [...keys].filter((key) => found.get(key) !== right.get(key));
  const [first] = wrong;
  return {
    what,
    compared: right.size,
    different: wrong.length,
    ...(first !== undefined && {
      example: `${first}: found ${String(found.get(first))}, right ${String(right.get(first))}`,
    }),
  };
}

/** Two lists, place by place. */
export function compareLists(what: string, found: readonly string[], right: readonly string[]): Comparison {
  const indexed = (list: readonly string[]) => new Map(list.map((value, i) => [String(i + 1), value]));
  return compareMaps(what, indexed(found), indexed(right));
}

const shownNames: Record<ShownTopic, string> = {
  alerts: 'alerts: id, number, times, text and all else, in order',
  days: 'days and weeks, in order',
  rates: 'window values and evidence of every asOf, in order',
};

/** Everything that two runs have counted and shown. */
export function compareOutcomes(found: Outcome, right: Outcome): Comparison[] {
  const shown = (['rates', 'days', 'alerts'] as const).map((topic): Comparison => {
    const asText = (outcome: Outcome) => outcome.shown[topic].map(({ key, json }) => `${key} ${json}`);
    const comparison = compareLists(shownNames[topic], asText(found), asText(right));
    if (comparison.different === 0) return comparison;
    const only = ({ shown }: Outcome) => ({
      shown: { alerts: [], days: [], rates: [], [topic]: shown[topic] },
    });
    return { ...comparison, example: JSON.stringify(difference(only(found), only(right))) };
  });
  return [
    compareMaps('counts per cell and minute', found.counts, right.counts),
    compareMaps('sources: events, late, repeated, dead, position', found.sources, right.sources),
    ...shown,
    compareMaps('segments', segmentsOf(found), segmentsOf(right)),
    compareMaps('dead letters', found.deadLetters, right.deadLetters),
  ];
}

const segmentsOf = ({ segments }: Outcome) =>
  new Map(segments?.segments.map((segment, i) => [String(i), JSON.stringify(segment)]));

/** JSON with sorted keys. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
