/** The benchmark of latency: `npm run bench:latency`; its options are in `../run.ts`. */
import { runBenches } from '../run.ts';
import { latencyBench } from './latency.ts';

await runBenches([latencyBench]);
