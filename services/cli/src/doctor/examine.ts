import { type Context, readContext, readPolicy, usesKafka } from '../context.ts';
import { checkGateway } from './check-gateway.ts';
import { checkInflux } from './check-influx.ts';
import { checkKafka } from './check-kafka.ts';
import { checkStore } from './check-store.ts';
import { type Finding, wrong } from './finding.ts';

/** Looks at everything that an installation needs; changes nothing. */
export async function examine(): Promise<Finding[]> {
  let context: Context;
  try {
    context = readContext('doctor');
  } catch (error) {
    return [wrong('settings', error, 'correct the environment, or the file .env')];
  }
  const { settings } = context;
  const nowMs = Date.now();
  const findings = await Promise.all([
    checkPolicy(context),
    usesKafka(settings) ? checkKafka(context, nowMs) : checkStore(context, nowMs),
    settings.SEAMWATCH_INFLUX_URL === undefined ? [] : checkInflux(context),
    checkGateway(settings),
  ]);
  return [{ about: 'settings', state: 'ok', found: 'all settings are well formed' }, ...findings.flat()];
}

function checkPolicy({ settings }: Context): Finding[] {
  const file = settings.SEAMWATCH_POLICY;
  try {
    readPolicy(settings);
  } catch (error) {
    return [wrong('policy', error, 'seamwatch check lists every error')];
  }
  if (file !== undefined) return [{ about: 'policy', state: 'ok', found: `${file} is valid` }];
  const todo = 'write down tiers, thresholds and owners, and set SEAMWATCH_POLICY';
  return [{ about: 'policy', state: 'warning', found: 'no policy file: the default policy holds', todo }];
}
