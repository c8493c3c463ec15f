import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** How long a run is and what it does to the processes. Times in ms. */
export interface FaultOptions {
  /** Of the events and of the faults: the same seed plants the same faults at the same events. */
  seed: number;
  events: number;
  /** Events a second that are fed. */
  pace: number;
  /** kill −9 of a monitor. */
  kills: number;
  brokerKills: number;
  monitorPauses: number;
  brokerPauses: number;
  sinkPauses: number;
  gatewayRestarts: number;
  influxStops: number;
  /** A third monitor that comes and goes. */
  extraMonitors: number;
  pauseMs: number;
  influxStopMs: number;
  /** Longer than any fault: a source that is declared idle in between would be another history. */
  idleAfterS: number;
}

const long = {
  events: 300_000,
  pace: 300,
  kills: 24,
  brokerKills: 3,
  monitorPauses: 3,
  brokerPauses: 1,
  sinkPauses: 2,
  gatewayRestarts: 4,
  influxStops: 1,
  extraMonitors: 2,
  pauseMs: 30_000,
  influxStopMs: 60_000,
  idleAfterS: 75,
};

const short: typeof long = {
  events: 20_000,
  pace: 400,
  kills: 4,
  brokerKills: 1,
  monitorPauses: 1,
  brokerPauses: 1,
  sinkPauses: 0,
  gatewayRestarts: 2,
  influxStops: 1,
  extraMonitors: 1,
  pauseMs: 9_000,
  influxStopMs: 8_000,
  idleAfterS: 35,
};

/** Reads `--seed N --events N --kills N --short`; without a seed one is drawn. Throws where a value is no whole number. */
export function readOptions(args: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      events: { type: 'string' },
      kills: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  const base = values.short ? short : long;
  return {
    ...base,
    seed: whole('seed', values.seed) ?? randomInt(1_000_000),
    events: whole('events', values.events) ?? base.events,
    kills: whole('kills', values.kills) ?? base.kills,
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new RangeError(`--${name} ${text}: a whole number is right`);
  return Number(text);
}
