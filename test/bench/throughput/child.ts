import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { digits, inTurns, median, sides, type Turns } from '../ratio.ts';
import type { Side } from './side.ts';

/** What a process did; CPU time is that of all its threads. */
export interface Measured {
  events: number;
  cpuSeconds: number;
  seconds: number;
}

export const perCpuSecond = ({ events, cpuSeconds }: Measured): number => events / cpuSeconds;
export const perSecond = ({ events, seconds }: Measured): number => events / seconds;

/**
 * Compares events per second, and in `byCpu` per CPU second, a ratio a turn: that is the figure to look at where other programs use the
 * machine.
 */
export async function compareSpeed(
  turns: number,
  unit: string,
  baseline: () => Promise<Measured>,
  product: () => Promise<Measured>,
): Promise<Turns & { byCpu: readonly number[]; detail: string }> {
  const cpu = { baseline: [] as number[], product: [] as number[] };
  const noted = (side: 'baseline' | 'product', run: () => Promise<Measured>) => async () => {
    const measured = await run();
    cpu[side].push(perCpuSecond(measured));
    return perSecond(measured);
  };
  const found = await inTurns(turns, noted('baseline', baseline), noted('product', product));
  const byCpu = cpu.product.map((own, i) => own / cpu.baseline[i]!);
  return { ...found, byCpu, detail: `${sides(found, `${unit}/s`)}; per CPU second ${digits(median(byCpu))}` };
}

/** Runs one side in a process of its own, so that neither profits from what the other has warmed up. */
export async function measure(side: Side, nodeOptions: readonly string[] = []): Promise<Measured> {
  return (await measuredBy(start(side, nodeOptions))) as Measured;
}

export function start(side: Side, nodeOptions: readonly string[] = []): ChildProcess {
  const script = fileURLToPath(import.meta.resolve('./side.ts'));
  return spawn(process.execPath, [...nodeOptions, script, JSON.stringify(side)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** The last line that a process writes, as JSON. Throws where it fails. */
export async function measuredBy(child: ChildProcess): Promise<unknown> {
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`a measured process ended with code ${code}`);
  return JSON.parse(output.trimEnd().split('\n').at(-1)!);
}
