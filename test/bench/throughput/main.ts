/** The benchmark of throughput: `npm run bench:throughput`; its options are in `../ratio.ts`. */
import { runBenches } from '../ratio.ts';
import { stageABench } from './stage-a.ts';

await runBenches([stageABench]);
