import { parseScenario } from '@seamwatch/simulator/scenario.ts';
import { simulate } from '@seamwatch/simulator/simulate.ts';
import { describe, expect, it } from 'vitest';
import { LogTarget } from '../targets/log-target.ts';
import { contents, openStore } from '../testing/store.ts';
import { Pace } from './pace.ts';
import { runSimulation } from './run-simulation.ts';

describe('simulated time', () => {
  it('runs at its speed until it reaches the clock, and with the clock from then on', () => {
    let clock = 1_000_000;
    const pace = new Pace({ fromMs: 400_000, speed: 61, now: () => clock });
    expect(pace.nowMs).toBe(400_000);
    clock += 1_000;
    expect(pace.nowMs).toBe(461_000);
    clock += 9_000;
    expect(pace.nowMs).toBe(1_010_000);
    clock += 5_000;
    expect(pace.nowMs).toBe(1_015_000);
  });

  it('is the clock where no speed is given', () => {
    expect(new Pace({ fromMs: 0, speed: Number.POSITIVE_INFINITY, now: () => 7 }).nowMs).toBe(7);
  });
});

describe('a simulation', () => {
  const span = { seed: 3, from: '2026-03-02', interactionsPerDay: 500 };

  it('sends all events up to the clock, then each at its time, until it is asked to end', async () => {
    const log = openStore();
    const from = Date.parse('2026-03-02');
    // The clock begins one day after the start, and passes an hour for each second.
    const startedMs = performance.now();
    const now = () => from + 86_400_000 + (performance.now() - startedMs) * 3_600;
    const stop = new AbortController();
    const running = runSimulation({
      scenario: parseScenario(span),
      target: new LogTarget(log, 'the store'),
      pace: new Pace({ fromMs: from, speed: Number.POSITIVE_INFINITY, now }),
      signal: stop.signal,
      onProgress: ({ atMs }) => {
        if (atMs > from + 86_400_000 + 600_000) stop.abort();
      },
    });
    const summary = await running;
    const sent = await contents(log, 'interactions', 'surveys');
    const events = sent.map(({ text }) => text);
    const scenario = parseScenario({ ...span, to: '2026-03-04' });
    const right = [...simulate(scenario)].slice(0, events.length).map((event) => JSON.stringify(event));
    expect(new Set(events)).toEqual(new Set(right));
    expect(events.length).toBeGreaterThan(300);
    expect(Object.values(summary.sent).reduce((a, b) => a + b)).toBe(events.length);
  });
});
