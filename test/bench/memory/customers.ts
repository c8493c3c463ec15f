import { type Bench, inTurns, sides } from '../ratio.ts';
import { linesOf } from './child.ts';

/** What is remembered of a customer, against objects in a `Map`. */
export const customersBench: Bench = {
  id: 'customers',
  async run({ quick, turns }) {
    const count = quick ? 500_000 : 5_000_000;
    const bytesEach = async (side: 'product' | 'baseline') => {
      for await (const bytes of linesOf(import.meta.resolve('./hold-customers.ts'), [side, String(count)]))
        return bytes as number;
      throw new Error('nothing was measured');
    };
    const found = await inTurns(
      turns,
      () => bytesEach('baseline'),
      () => bytesEach('product'),
    );
    return [
      {
        id: 'customer-bytes',
        figure: `customer state at ${count.toLocaleString('en')} customers, bytes each`,
        measured: found.product,
        unit: 'bytes',
        bounds: { max: 64, aim: 48 },
      },
      {
        id: 'customer-bytes-ratio',
        figure: 'the same ÷ a Map of plain objects',
        measured: found.ratio,
        turns: found.ratios,
        bounds: { max: 0.25 },
        detail: sides(found, 'bytes'),
      },
    ];
  },
};
