/** The benchmark of the gateway with many clients: `npm run bench:fanout`; its options are in `../ratio.ts`. */
import { runBenches } from '../ratio.ts';
import { fanoutBench } from './fanout.ts';

await runBenches([fanoutBench]);
