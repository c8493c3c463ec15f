/**
 * Kills, pauses and restarts everything while events flow, and compares what is left with a run that nothing happened to.
 *
 *   npm run test:faults                              300,000 events, about 25 minutes
 *   npm run test:faults -- --short                   20,000 events, about two minutes
 *   npm run test:faults -- --seed 7 --events 50000 --kills 30
 */
import { styleText } from 'node:util';
import { bucketsOf } from '@seamwatch/adapters/influx/ensure-buckets.ts';
import { type Comparison, canonical, compareLists, compareMaps, compareOutcomes } from './compare.ts';
import { Faults } from './faults.ts';
import { Feed, policyOf, ratesFrom } from './feed.ts';
import { ProgressFollower, Screen, until } from './followers.ts';
import { type Installation, install } from './installation.ts';
import { readOptions } from './options.ts';
import { outcomeOf } from './outcome.ts';
import { planFaults } from './plan.ts';
import { pointsIn, pointsOf } from './points.ts';
import { readOne } from './read-log.ts';
import { undisturbed } from './undisturbed.ts';

const options = readOptions(process.argv.slice(2));
const startedMs = performance.now();
const say = (text: string) =>
  console.log(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${text}`);
/** For the rest after the last event: what lies there, idleness, and the sinks. */
const restMs = 600_000;

/** Feeds and disturbs; resolves when everything has been taken everywhere. */
async function disturb(installation: Installation, screen: Screen): Promise<void> {
  const { log } = installation;
  const ended = new AbortController();
  const feed = new Feed(options);
  const progress = new ProgressFollower();
  const faults = new Faults(installation, options, say);
  const following = progress.run(log, ended.signal);
  const feeding = feed.run(log, ended.signal);
  try {
    await until('the empty partition is idle', () => typeof progress.newest?.asOf === 'string', restMs);
    say(`minutes close, ${feed.fed.toLocaleString('en')} events in: faults may come`);
    const begun = feed.share;
    const plan = planFaults(options).map((fault) => ({ ...fault, at: begun + (1 - begun) * fault.at }));
    await Promise.all([feeding, faults.run(plan, () => feed.share, ended.signal)]);
    say(`all ${feed.fed.toLocaleString('en')} events are in, all is mended`);
    await until('every source is idle', () => progress.allIdle, restMs);
    say(
      `the monitors have taken ${progress.events.toLocaleString('en')} events, up to ${progress.newest?.asOf}`,
    );
    for (const topic of ['rates', 'days', 'alerts'] as const) {
      const last = (await readOne(log, topic)).at(-1)?.offset ?? -1;
      const source = `${topic}-0`;
      const recorded = async () => (await log.groupPositions('recorder', [topic])).get(source) ?? 0;
      await until(`${topic} are recorded`, async () => (await recorded()) > last, restMs);
    }
    const lastAlert = (await readOne(log, 'alerts')).length;
    await until('the screen has all alerts', () => screen.alerts.length >= lastAlert, restMs).catch(() => {});
  } finally {
    ended.abort();
    await following;
    await feeding;
  }
  if (progress.failure) throw progress.failure;
  const list = [...faults.done].map(([kind, count]) => `${count} × ${kind}`).join(', ');
  say(`done: ${list}`);
  say(
    `the feed was refused ${feed.failures} times and stood still for ${(feed.longestGapMs / 1_000).toFixed(1)} s at most; the screen connected ${screen.connections} times`,
  );
}

const services = ({ monitors, gateway, recorder }: Installation) => [...monitors, gateway, recorder];

async function compare(installation: Installation, screen: Screen): Promise<Comparison[]> {
  const { log, influx } = installation;
  const right = await undisturbed(log, { policy: policyOf(options), ratesFrom });
  say('the undisturbed run is done');
  const comparisons = compareOutcomes(await outcomeOf(log), right);
  const points = pointsOf(right);
  const { main, daily } = bucketsOf(influx.bucket);
  return [
    ...comparisons,
    compareMaps('points in InfluxDB', await pointsIn(influx, main.name), points.main),
    compareMaps('points of days and weeks in InfluxDB', await pointsIn(influx, daily.name), points.daily),
    compareLists(
      'alerts on the screen, each once, in order',
      screen.alerts.map(canonical),
      right.shown.alerts.map(({ json }) => canonical(JSON.parse(json))),
    ),
    compareLists('complaints of the screen', screen.complaints, []),
    compareLists(
      'processes that ended by themselves',
      services(installation).flatMap(({ deaths }) => deaths),
      [],
    ),
  ];
}

function report(comparisons: readonly Comparison[]): boolean {
  for (const { what, compared, different, example } of comparisons) {
    const result = different === 0 ? styleText('green', 'equal') : styleText('red', `${different} differ`);
    console.log(`${compared.toLocaleString('en').padStart(12)}  ${what}: ${result}`);
    if (example) console.log(`              ${example.slice(0, 2_000)}`);
  }
  // Nothing would be equal to nothing.
  const empty = comparisons.slice(0, 5).filter(({ compared }) => compared === 0);
  for (const { what } of empty) console.log(styleText('red', `there were no ${what}`));
  return empty.length === 0 && comparisons.every(({ different }) => different === 0);
}

say(
  `seed ${options.seed}: ${options.events.toLocaleString('en')} events, ${options.kills} kills of a monitor`,
);
const installation = await install(options);
say(`three brokers, InfluxDB; logs in ${installation.folder}`);
let passed = false;
const screen = new Screen(installation.url);
try {
  await Promise.all(services(installation).map((service) => service.start()));
  await screen.connected();
  await disturb(installation, screen);
  passed = report(await compare(installation, screen));
  screen.close();
  await Promise.all(services(installation).map((service) => service.stop()));
} catch (error) {
  passed = false;
  console.error(error);
} finally {
  screen.close();
  await Promise.all(services(installation).map((service) => service.kill()));
  await installation.close(!passed);
}
say(`${passed ? styleText('green', 'passed') : styleText('red', 'failed')}, seed ${options.seed}`);
process.exit(passed ? 0 : 1);
