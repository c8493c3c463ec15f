import type { Measured } from './child.ts';

/** Time from now, and CPU time of all threads of this process. */
export function stopwatch(): (events: number) => Measured {
  const started = performance.now();
  const before = process.cpuUsage();
  return (events) => {
    const { user, system } = process.cpuUsage(before);
    return { events, cpuSeconds: (user + system) / 1e6, seconds: (performance.now() - started) / 1e3 };
  };
}
