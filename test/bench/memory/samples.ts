import { median } from '../ratio.ts';

export interface Sample {
  minute: number;
  events: number;
  /** Resident memory, in MiB. */
  monitor: number;
  gateway: number;
}

export type Role = 'monitor' | 'gateway';

/** By then everything that is kept for a month of event time has been held once. */
export const settledMinutes = 10;
/** Memory at the end may be so many times that after `settledMinutes`. */
export const growth = { max: 1.1 };

/** Memory after `settledMinutes` and at the end, in MiB, each the median of the minutes around; NaN where there are none. */
export function levelsOf(role: Role, samples: readonly Sample[]): { settled: number; end: number } {
  const around = (from: number, to: number) => {
    const some = samples.filter(({ minute }) => minute >= from && minute < to).map((sample) => sample[role]);
    return some.length > 0 ? median(some) : Number.NaN;
  };
  const end = samples.at(-1)?.minute ?? 0;
  return { settled: around(settledMinutes - 1, settledMinutes + 1), end: around(end - 2, end + 1) };
}
