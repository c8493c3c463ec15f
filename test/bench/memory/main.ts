/**
 * The benchmark of memory; its options are in `../run.ts`, and one more that leaves the rest aside:
 *
 *   npm run bench:memory -- --soak MINUTES
 */
import { runBenches } from '../run.ts';
import { costPerEventBench } from './cost-per-event.ts';
import { customersBench } from './customers.ts';
import { soakBench } from './soak.ts';

const soak = process.argv.indexOf('--soak');
if (soak < 0) await runBenches([customersBench, costPerEventBench]);
else {
  const [, minutes] = process.argv.splice(soak, 2);
  await runBenches([soakBench(Number(minutes))]);
}
