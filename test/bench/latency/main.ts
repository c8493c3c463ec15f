/** The benchmark of latency: `npm run bench:latency`; its options are in `../ratio.ts`. */
import { runBenches } from '../ratio.ts';
import { latencyBench } from './latency.ts';

await runBenches([latencyBench]);
