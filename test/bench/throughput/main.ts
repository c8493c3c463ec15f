/** The benchmark of throughput: `npm run bench:throughput`; its options are in `../run.ts`. */
import { runBenches } from '../run.ts';
import { historyBench } from './history.ts';
import { kafkaStreamsBench } from './kafka-streams.ts';
import { restoreBench } from './restore.ts';
import { scaleOutBench } from './scale-out.ts';
import { stageABench } from './stage-a.ts';

await runBenches([stageABench, historyBench, scaleOutBench, restoreBench, kafkaStreamsBench]);
