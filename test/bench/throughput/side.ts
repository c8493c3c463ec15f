/** One side of a comparison, in a process of its own: does its work and prints what it measured. */
import type { TopicOptions } from '@seamwatch/adapters/kafka/topics.ts';
import type { Measured } from './child.ts';
import { consumeAndParse } from './sides/consume-and-parse.ts';
import { history } from './sides/history.ts';
import { member } from './sides/member.ts';
import { readAndParse } from './sides/read-and-parse.ts';
import { restore } from './sides/restore.ts';
import { stageA } from './sides/stage-a.ts';

interface Counts {
  warmUp: number;
  events: number;
}

export type Side = Counts &
  (
    | { kind: 'consume and parse'; kafka: TopicOptions; topics: string[] }
    | { kind: 'stage A'; kafka: TopicOptions }
    | { kind: 'read and parse'; file: string }
    | { kind: 'history'; file: string; store: string }
    | { kind: 'restore'; kafka: TopicOptions }
    | { kind: 'member'; kafka: TopicOptions }
  );

function run(side: Side): Promise<Measured | undefined> {
  switch (side.kind) {
    case 'consume and parse':
      return consumeAndParse(side);
    case 'stage A':
      return stageA(side);
    case 'read and parse':
      return readAndParse(side);
    case 'history':
      return history(side);
    case 'restore':
      return restore(side);
    case 'member':
      return member(side);
  }
}

if (process.argv[1] === import.meta.filename) {
  const measured = await run(JSON.parse(process.argv[2]!) as Side);
  if (measured) console.log(JSON.stringify(measured));
  process.exit(0);
}
