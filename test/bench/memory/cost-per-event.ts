import { type Bench, digits, median, say } from '../ratio.ts';
import { linesOf } from './child.ts';

interface Step {
  microsPerEvent: number;
  customers: number;
  interactions: number;
  surveys: number;
}

const million = 1_000_000;
/** In so many steps both sides of a turn go on by turns. */
const stepsInTurn = 10;

/** A run in a process of its own, step by step. */
class Run {
  #steps: AsyncGenerator<Step, void, undefined>;

  constructor(eventsInStep: number) {
    const script = import.meta.resolve('./run-events.ts');
    this.#steps = linesOf(script, [String(eventsInStep)]) as AsyncGenerator<Step, void, undefined>;
  }

  async step(): Promise<Step> {
    const { value } = await this.#steps.next();
    if (!value) throw new Error('the run ended before its time');
    return value;
  }

  async end(): Promise<void> {
    await this.#steps.return();
  }
}

/**
 * What an event costs at the end of a long run, against its first million. Within minutes a machine becomes faster or slower by a
 * third, so the first million is run anew beside each of the last ones, in small steps that alternate.
 */
export const costPerEventBench: Bench = {
  id: 'cost-per-event',
  async run({ quick, long, turns }) {
    const eventsInTurn = quick ? million / 10 : million;
    const events = (long ? 100 : 10) * eventsInTurn;
    const eventsInStep = eventsInTurn / stepsInTurn;
    const running = new Run(eventsInStep);
    for (let done = 0; done < events - turns * eventsInTurn; ) {
      const steps: Step[] = [];
      while (steps.length < stepsInTurn) steps.push(await running.step());
      done += eventsInTurn;
      const { customers, interactions } = steps.at(-1)!;
      const held = `${digits(customers)} customers and ${digits(interactions)} interactions held`;
      say(`  ${digits(done)} events: ${digits(meanOf(steps))} µs each; ${held}`);
    }
    const found: { first: number; last: number }[] = [];
    for (let turn = 1; turn <= turns; turn++) {
      const anew = new Run(eventsInStep);
      const [first, last]: [Step[], Step[]] = [[], []];
      for (let step = 0; step < stepsInTurn; step++) {
        if (step % 2 === 0) first.push(await anew.step());
        last.push(await running.step());
        if (step % 2 !== 0) first.push(await anew.step());
      }
      await anew.end();
      found.push({ first: meanOf(first), last: meanOf(last) });
      say(
        `  turn ${turn} of ${turns}: first ${digits(meanOf(first))} µs, last ${digits(meanOf(last))} µs, ratio ${digits(meanOf(last) / meanOf(first))}`,
      );
    }
    await running.end();
    const ratios = found.map(({ first, last }) => last / first);
    const sides = found.map(({ first, last }) => `${digits(first)} → ${digits(last)}`).join(', ');
    return [
      {
        id: 'cost-per-event',
        figure: `CPU per event, stage A in memory: end of ${digits(events)} events ÷ their first ${digits(eventsInTurn)}`,
        measured: median(ratios),
        turns: ratios,
        bounds: { max: 1.1, aim: 1 },
        detail: `${sides} µs`,
      },
    ];
  },
};

const meanOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, { microsPerEvent }) => sum + microsPerEvent, 0) / steps.length;
