import { linesOf } from '../memory/child.ts';
import { type Bench, digits, median, say } from '../ratio.ts';

interface Costs {
  /** CPU microseconds an event. */
  stageA: number;
  stageB: number;
}

/** History through both stages in memory: what stage B makes of an event against what stage A does. */
export const stageBBench: Bench = {
  id: 'stage-b',
  async run({ quick, turns }) {
    const [warmUp, events] = quick ? [50_000, 100_000] : [250_000, 250_000];
    const found: Costs[] = [];
    for (let turn = 1; turn <= turns; turn++) {
      const script = import.meta.resolve('./run-stages.ts');
      for await (const costs of linesOf(script, [String(warmUp), String(events)])) found.push(costs as Costs);
      const { stageA, stageB } = found.at(-1)!;
      say(`  turn ${turn} of ${turns}: stage A ${digits(stageA)} µs, stage B ${digits(stageB)} µs`);
    }
    const ratios = found.map(({ stageA, stageB }) => stageA / stageB);
    const micros = (of: keyof Costs) => digits(median(found.map((costs) => costs[of])));
    return [
      {
        id: 'stage-b',
        figure: 'history in memory, stage B: events per CPU second ÷ stage A',
        measured: median(ratios),
        turns: ratios,
        bounds: { min: 0.08 },
        detail: `stage A ${micros('stageA')}, stage B ${micros('stageB')} µs an event`,
      },
    ];
  },
};
