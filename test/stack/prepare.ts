/** Starts and stops each server that the tests need, which fetches, builds or installs it the first time. */
import { chromiumPath } from './chromium.ts';
import { startInflux } from './influx.ts';
import { startKafka } from './kafka.ts';
import type { Say } from './tools.ts';

const servers: Record<string, (say: Say) => Promise<unknown>> = {
  kafka: async (say) => (await startKafka({ say })).stop(),
  influxdb: async (say) => (await startInflux({ say })).stop(),
  chromium: (say) => chromiumPath(say),
};

async function prepare(name: string, make: (say: Say) => Promise<unknown>): Promise<boolean> {
  const begin = performance.now();
  const say = (line: string) => console.log(`${name}: ${line}`);
  try {
    await make(say);
    say(`ready after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    return true;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return false;
  }
}

const results = await Promise.all(Object.entries(servers).map(([name, make]) => prepare(name, make)));
process.exitCode = results.every(Boolean) ? 0 : 1;
