import { type Bench, digits, median, say } from '../ratio.ts';
import { linesOf } from './child.ts';

interface Part {
  microsPerEvent: number;
  customers: number;
  interactions: number;
  surveys: number;
}

const million = 1_000_000;
/** The end of the run is the median of so many parts. */
const lastParts = 5;

/** What an event costs at the end of a long run, against its first million. */
export const costPerEventBench: Bench = {
  id: 'cost-per-event',
  async run({ quick, long }) {
    const perPart = quick ? million / 10 : million;
    const events = (long ? 100 : 10) * perPart;
    const parts: Part[] = [];
    for await (const line of linesOf(import.meta.resolve('./run-events.ts'), [
      String(events),
      String(perPart),
    ])) {
      const part = line as Part;
      parts.push(part);
      const { microsPerEvent, customers, interactions } = part;
      const held = `${digits(customers)} customers and ${digits(interactions)} interactions held`;
      say(`  ${digits(parts.length * perPart)} events: ${digits(microsPerEvent)} µs each; ${held}`);
    }
    const first = parts[0]!.microsPerEvent;
    const last = median(parts.slice(-lastParts).map((part) => part.microsPerEvent));
    return [
      {
        id: 'cost-per-event',
        figure: `CPU per event, stage A in memory: end of ${digits(events)} events ÷ their first ${digits(perPart)}`,
        measured: last / first,
        bounds: { max: 1.1, aim: 1 },
        detail: `${digits(first)} µs, then ${digits(last)} µs`,
      },
    ];
  },
};
