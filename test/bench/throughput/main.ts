/** The benchmark of throughput: `npm run bench:throughput`; its options are in `../run.ts`. */
import { runBenches } from '../run.ts';
import { historyBench } from './history.ts';
import { kafkaStreamsBench } from './kafka-streams.ts';
import { restoreBench } from './restore.ts';
import { scaleOutBench } from './scale-out.ts';
import { stageABench } from './stage-a.ts';
import { stageBBench } from './stage-b.ts';

await runBenches([stageABench, stageBBench, historyBench, scaleOutBench, restoreBench, kafkaStreamsBench]);
