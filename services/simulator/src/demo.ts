import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import { parseScenario, type Scenario } from './scenario.ts';
import { defaultCategories, defaultScores } from './scenario-defaults.ts';

const weekMs = 7 * dayMs;
/** Baselines are learned anew every four weeks, so a story is the same again where it is moved by as much. */
const blockMs = 4 * weekMs;
const someBlock = Date.parse('2026-11-30');
/** Of the story that is told where nobody wants another one. */
export const demoSeed = 5;
/** What customers do changes within days; what they say of the company follows over months. */
const behaviourRampDays = 10;
const opinionRampDays = 75;

/** When the demo of a moment begins to get worse: a Monday morning, 13 to 17 weeks before. */
export const demoOnset = (now: number): number => blockOf(now) - 13 * weekMs + 9 * hourMs;

const blockOf = (ms: number): number => someBlock + Math.floor((ms - someBlock) / blockMs) * blockMs;

/**
 * A year that ends at `now`, in which the experience of customers whom the AI hands to people gets worse some 15 weeks before,
 * two hours after a model release, and the claimed resolution does not show it. Before that, all rates are constant. Whenever
 * it is told, it is the same story, of which up to four weeks more have passed. Fewer than 500,000 events. For more of it, live,
 * simulate it without its `to`.
 */
export function demoScenario({
  now,
  seed = demoSeed,
  timeZone = 'UTC',
}: {
  now: number;
  seed?: number;
  timeZone?: string;
}): Scenario {
  const onset = demoOnset(now);
  const from = blockOf(now) - 52 * weekMs;
  const behaviour = { from: onset, rampDays: behaviourRampDays };
  const opinion = { from: onset, rampDays: opinionRampDays };
  const seam = { path: 'seam' };
  return parseScenario({
    name: 'demo',
    seed,
    from,
    to: now,
    drawsFrom: from - 52 * weekMs,
    timeZone,
    interactionsPerDay: 700,
    // More than the 90 days for which an escalation is remembered: the mix of paths is steady from the start.
    warmUpDays: 98,
    categories: {
      ...defaultCategories,
      simple_return: { ...defaultCategories.simple_return, escalation: 0.1 },
      technical_problem: { ...defaultCategories.technical_problem, escalation: 0.1 },
    },
    repeat: { share: { ai: 0.13, seam: 0.15, human: 0.1 } },
    surveys: {
      csat: { send: { ai: 0.3, seam: 0.6, human: 0.4 }, response: 0.16, scores: defaultScores.csat },
      ces: { send: 0, scores: defaultScores.ces },
      nps: { send: { ai: 0.1, seam: 1, human: 0.25 }, response: 0.25, scores: defaultScores.nps },
    },
    models: [
      { version: 'assistant-4.0' },
      { version: 'assistant-4.1', at: onset - 20 * weekMs, title: 'assistant-4.1: faster answers' },
      {
        version: 'assistant-5.0',
        at: onset - 2 * hourMs,
        title: 'assistant-5.0: new summary for the human who takes over',
      },
    ],
    changes: [
      { at: onset - 29 * weekMs, kind: 'staffing', title: 'Twelve people join the evening shift' },
      { at: onset - 10 * weekMs, kind: 'prompt', title: 'Friendlier greeting' },
    ],
    planted: [
      {
        signal: 'escalation',
        where: { category: ['simple_return', 'technical_problem'] },
        points: 0.03,
        ...behaviour,
      },
      { signal: 'repeat_contact', where: seam, points: 0.05, ...behaviour },
      { signal: 'csat', where: seam, points: 0.05, ...opinion },
      { signal: 'nps', where: seam, points: -10, ...opinion },
      { signal: 'claimed_resolution', points: 0.01, ...opinion },
    ],
  });
}
