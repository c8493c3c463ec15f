import type { Figure } from './summary.ts';

export type Mode = 'full' | 'quick';

/** Bounds of a figure, each inclusive. */
export interface Bounds {
  min?: number;
  max?: number;
}

export interface Row {
  /** Number of the goal and a word: `2 max`. */
  id: string;
  figure: string;
  measured: number;
  /** Standard error of `measured`; 0 where it is exact. */
  se: number;
  goal: string;
  pass: boolean;
}

/** Work for one worker: `run` of the goal gets `params` and a seed of its own. */
export interface Task {
  goal: string;
  seed: number;
  params: object;
}

/**
 * One goal of the benchmark: what to simulate, cut into independent tasks, and the rows that come of it.
 * Tasks and parts cross thread borders, so both are plain data.
 */
export interface Goal<Params = never, Part = never> {
  id: string;
  tasks(mode: Mode): Params[];
  run(params: Params, seed: number): Part;
  rows(parts: { params: Params; part: Part }[], mode: Mode): Row[];
}

/**
 * A row: passes where the measured figure is within the bounds. The quick form has fewer runs, so its bounds
 * are wider by three standard errors: it fails what is broken, not what is unlucky.
 */
export function row(id: string, figure: string, measured: Figure, bounds: Bounds, mode: Mode): Row {
  const slack = mode === 'quick' ? 3 * measured.se : 0;
  const { min = -Infinity, max = Infinity } = bounds;
  const pass = measured.value >= min - slack && measured.value <= max + slack;
  return { id, figure, measured: measured.value, se: measured.se, goal: goalText(bounds), pass };
}

function goalText({ min, max }: Bounds): string {
  if (min !== undefined && max !== undefined) return `${min} … ${max}`;
  if (max !== undefined) return `≤ ${max}`;
  return min === undefined ? '–' : `≥ ${min}`;
}

/** Runs in `chunks` equal tasks, so that workers share them. */
export const chunks = <T extends object>(params: T, runs: number, parts: number): (T & { runs: number })[] =>
  Array.from({ length: parts }, () => ({ ...params, runs: Math.ceil(runs / parts) }));
