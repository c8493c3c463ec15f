import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import type { Sample } from '../memory/samples.ts';
import type { Found } from '../ratio.ts';

/** When and on what something was measured. */
export interface Origin {
  /** `2026-01-31`. */
  date: string;
  machine: { cpu: string; cores: number; node: string };
}

export type SavedRow = Omit<Found, 'id'> & Origin;

/** What the full forms measured: rows of different days and machines stand together. */
export interface Saved {
  /** By id. */
  rows: Readonly<Record<string, SavedRow>>;
  soak?: SavedSoak;
}

/** Samples as columns; memory in MiB. */
export type SavedSoak = Readonly<Record<keyof Sample, readonly number[]>> & Origin;

const root = new URL('../../../', import.meta.url);
const savedFile = new URL('docs/figures/performance.json', root);

/** Nothing where nothing has been saved yet. */
export function readSaved(file: URL = savedFile): Saved {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Saved;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { rows: {} };
    throw error;
  }
}

/** Replaces the rows of these ids and keeps the others. A figure that is no number, as of a soak cut short, is left out. */
export function withRows(saved: Saved, found: readonly Found[], origin: Origin): Saved {
  const rows: Record<string, SavedRow> = { ...saved.rows };
  for (const { id, bounds, turns, ...row } of found) {
    if (!Number.isFinite(row.measured)) continue;
    rows[id] = {
      ...row,
      bounds,
      ...(turns && { turns: turns.map((ratio) => rounded(ratio, 4)) }),
      ...origin,
    };
  }
  return { ...saved, rows };
}

export function withSoak(saved: Saved, samples: readonly Sample[], origin: Origin): Saved {
  const column = (key: keyof Sample) => samples.map((sample) => rounded(sample[key], 5));
  const soak = {
    minute: column('minute'),
    events: samples.map(({ events }) => events),
    monitor: column('monitor'),
    gateway: column('gateway'),
  };
  return { ...saved, soak: { ...soak, ...origin } };
}

export const saveRows = (found: readonly Found[]): void => write(withRows(readSaved(), found, here()));
export const saveSoak = (samples: readonly Sample[]): void => write(withSoak(readSaved(), samples, here()));

function write(saved: Saved): void {
  writeFileSync(savedFile, JSON.stringify(saved));
  const format = ['biome', 'format', '--write', 'docs/figures/performance.json'];
  execFileSync('npx', format, { cwd: root, stdio: 'pipe' });
}

function here(): Origin {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cpu: cpus()[0]?.model.trim() ?? process.arch,
      cores: availableParallelism(),
      node: process.version.slice(1),
    },
  };
}

const rounded = (value: number, figures: number): number => Number(value.toPrecision(figures));

/** Where and when, a line for each machine, for people: `Measured on 2026-01-31 on …`. */
export function origins(measured: readonly Origin[]): string[] {
  const dates = new Map<string, string[]>();
  for (const { machine, date } of measured) {
    const { cpu, cores, node } = machine;
    const name = `${cpu}, ${cores} cores, Node ${node}`;
    dates.set(name, [...(dates.get(name) ?? []), date].toSorted());
  }
  return [...dates].map(([name, days]) => {
    const [first, last] = [days[0], days.at(-1)];
    return `Measured on ${first === last ? first : `${first} to ${last}`}: ${name}`;
  });
}
