import { parseArgs } from 'node:util';
import { startFixtureServer } from './fixture-server.ts';
import { type Scenario, type ScenarioOptions, scenario } from './scenario.ts';

/** Plays a scenario to the built page: `node dev/serve.ts --scenario decline --port 8790`. */
const scenarios: Record<string, ScenarioOptions> = {
  decline: {},
  calm: { decline: false },
  empty: { volume: 0, decline: false },
  thin: { volume: 0.02, decline: false },
  long: { longTexts: true },
  many: { markets: 7 },
};

const { values } = parseArgs({
  options: { scenario: { type: 'string', default: 'decline' }, port: { type: 'string', default: '8790' } },
});
const options = scenarios[values.scenario];
if (!options) {
  console.error(`no scenario "${values.scenario}"; there are ${Object.keys(scenarios).join(', ')}`);
  process.exit(2);
}
const root = new URL('../dist', import.meta.url).pathname;
const server = await startFixtureServer(root, scenario(options), Number(values.port));
console.log(`${values.scenario} at ${server.url}`);

setInterval(() => {
  server.scenario = aMinuteLater(server.scenario);
  server.send({ type: 'rates', rates: server.scenario.snapshot.rates });
}, 1_000);

function aMinuteLater(now: Scenario): Scenario {
  const later = (text: string) => new Date(Date.parse(text) + 60_000).toISOString();
  const rates = now.snapshot.rates.map((record) => ({ ...record, asOf: later(record.asOf) }));
  const asOf = now.snapshot.asOf && later(now.snapshot.asOf);
  return {
    ...now,
    snapshot: { ...now.snapshot, asOf, rates },
    hello: { ...now.hello, asOf },
    status: { ...now.status, asOf },
  };
}
