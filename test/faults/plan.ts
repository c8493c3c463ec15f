import { seededRandom } from '@seamwatch/core/detection/random.fixture.ts';
import type { FaultOptions } from './options.ts';

export type FaultKind =
  | 'kill monitor'
  | 'pause monitor'
  | 'add monitor'
  | 'kill broker'
  | 'pause broker'
  | 'pause sink'
  | 'restart gateway'
  | 'stop influx';

export interface Fault {
  kind: FaultKind;
  /** Share of the events that have been fed when it happens. */
  at: number;
  /** In [0, 1): whom it hits. */
  whom: number;
  /** In [0, 1): how, and for how long. */
  how: number;
}

/** Faults at random moments; the last twentieth of the events is left to whoever lives then. */
export function planFaults(options: FaultOptions): Fault[] {
  const random = seededRandom(options.seed);
  const counts: Record<FaultKind, number> = {
    'kill monitor': options.kills,
    'pause monitor': options.monitorPauses,
    'add monitor': options.extraMonitors,
    'kill broker': options.brokerKills,
    'pause broker': options.brokerPauses,
    'pause sink': options.sinkPauses,
    'restart gateway': options.gatewayRestarts,
    'stop influx': options.influxStops,
  };
  const faults = Object.entries(counts).flatMap(([kind, count]) =>
    Array.from({ length: count }, () => ({
      kind: kind as FaultKind,
      at: 0.95 * random(),
      whom: random(),
      how: random(),
    })),
  );
  return faults.sort((a, b) => a.at - b.at);
}
