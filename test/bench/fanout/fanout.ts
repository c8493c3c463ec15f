import { type Bench, digits, median, say } from '../ratio.ts';
import { type Measured, Side } from './side.ts';

const clients = 1_000;

/** Rates to a thousand clients each second, against a bare `ws` server that sends the same bytes. */
export const fanoutBench: Bench = {
  id: 'fanout',
  async run({ quick, turns }) {
    const found: { baseline: Measured; product: Measured }[] = [];
    const seconds = quick ? 5 : 20;
    const measure = async (kind: 'product' | 'baseline') => {
      const side = await Side.open(kind, quick ? clients / 5 : clients);
      try {
        await side.measure(3);
        return await side.measure(seconds);
      } finally {
        await side.close();
      }
    };
    for (let turn = 0; turn < turns; turn++) {
      const first = turn % 2 === 0 ? 'baseline' : 'product';
      const one = await measure(first);
      const other = await measure(first === 'baseline' ? 'product' : 'baseline');
      const [baseline, product] = first === 'baseline' ? [one, other] : [other, one];
      found.push({ baseline, product });
      const text = ({ framesPerCpuSecond, p99Ms }: Measured) =>
        `${digits(framesPerCpuSecond)} frames per CPU second, p99 ${digits(p99Ms)} ms`;
      say(`  turn ${turn + 1} of ${turns}: baseline ${text(baseline)}; product ${text(product)}`);
    }
    const of = (side: 'baseline' | 'product', figure: keyof Measured) =>
      median(found.map((turn) => turn[side][figure]));
    const frames = found.map((t) => t.product.framesPerCpuSecond / t.baseline.framesPerCpuSecond);
    const p99s = found.map((t) => t.baseline.p99Ms / t.product.p99Ms);
    return [
      {
        id: 'fanout-frames',
        figure: '1,000 clients, rates each second: frames per CPU second ÷ a bare ws broadcast',
        measured: median(frames),
        turns: frames,
        bounds: { min: 0.8, aim: 0.95 },
        detail: `baseline ${digits(of('baseline', 'framesPerCpuSecond'))}, product ${digits(of('product', 'framesPerCpuSecond'))}`,
      },
      {
        id: 'fanout-p99',
        figure: 'the same: p99 of a bare ws broadcast ÷ p99 from the record in the log to the client',
        measured: median(p99s),
        turns: p99s,
        bounds: { min: 0.8, aim: 0.95 },
        detail: `baseline ${digits(of('baseline', 'p99Ms'))}, product ${digits(of('product', 'p99Ms'))} ms`,
      },
    ];
  },
};
