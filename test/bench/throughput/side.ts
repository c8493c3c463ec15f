/** One side of a comparison, in a process of its own: does its work and prints what it measured. */
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import type { Measured } from './child.ts';
import { consumeAndParse } from './sides/consume-and-parse.ts';
import { stageA } from './sides/stage-a.ts';

export type Side =
  | { kind: 'consume and parse'; kafka: TopicOptions; topics: string[]; warmUp: number; events: number }
  | { kind: 'stage A'; kafka: TopicOptions; warmUp: number; events: number };

async function run(side: Side): Promise<Measured> {
  switch (side.kind) {
    case 'consume and parse':
      return consumeAndParse(side);
    case 'stage A':
      return stageA(side);
  }
}

if (process.argv[1] === import.meta.filename) {
  const measured = await run(JSON.parse(process.argv[2]!) as Side);
  console.log(JSON.stringify(measured));
  process.exit(0);
}
