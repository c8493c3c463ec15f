/** The benchmark of the gateway with many clients: `npm run bench:fanout`; its options are in `../run.ts`. */
import { runBenches } from '../run.ts';
import { fanoutBench } from './fanout.ts';

await runBenches([fanoutBench]);
