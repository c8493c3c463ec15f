import type { Measured } from '../child.ts';
import { Stopwatch } from '../stopwatch.ts';
import { linesOf } from './lines.ts';

/** The least that a Node program does with events in a file: read it, and `JSON.parse`. */
export async function readAndParse(side: {
  file: string;
  warmUp: number;
  events: number;
}): Promise<Measured> {
  const stopwatch = new Stopwatch(side);
  for await (const lines of linesOf(side.file)) {
    let objects = 0;
    for (const line of lines) if (typeof JSON.parse(line.toString()) === 'object') objects++;
    stopwatch.add(objects);
  }
  return stopwatch.measured();
}
