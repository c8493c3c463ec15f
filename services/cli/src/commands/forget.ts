import { readExpiry } from '@seamwatch/adapters/kafka/read-expiry.ts';
import { SqliteEventLog } from '@seamwatch/adapters/sqlite/sqlite-event-log.ts';
import { storeExpiry } from '@seamwatch/adapters/sqlite/store-expiry.ts';
import type { Topic } from '@seamwatch/contracts/topics.ts';
import { Command } from 'commander';
import { type Context, kafkaOptions, logName, openLog, readContext } from '../context.ts';
import { describeForgotten, describeVerified, isGone } from '../forget/describe.ts';
import { Forgetter } from '../forget/forgetter.ts';
import { UsageError } from '../terminal/failure.ts';
import { machineUser } from '../terminal/machine-user.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { count } from '../terminal/text.ts';
import { parseWhole } from './parse-options.ts';

const help = `
The journey goes at once, by an entry in the log that carries only the keyed hash; counts that were made stay, as sums of
nobody. Refused events go too, and in the embedded store the events themselves; in Kafka bytes go by retention and
compaction, and the table says when. What the customer does later begins a new journey. Asking again is harmless.

--verify changes nothing and reads again what is there. Exit code 0: nothing is left but what leaves in its announced time.

  seamwatch forget --customer c-4711
  seamwatch forget --customer c-4711 --verify --json`;

interface Options {
  customer: string;
  verify?: true;
  by?: string;
  wait: number;
  json?: true;
}

export const forgetCommand = new Command('forget')
  .description('forget a customer everywhere (GDPR, article 17), or prove that it is forgotten')
  .requiredOption('--customer <id>', 'the customer id, as events carry it')
  .option('--verify', 'only look, and say what is left')
  .option('--by <name>', 'who asks, for the record; absent: the user of this machine')
  .option('--wait <seconds>', 'wait so long for a monitor to take the entry', parseWhole(0), 10)
  .option('--json', 'print the result as JSON')
  .addHelpText('after', help)
  .action(async ({ customer, verify, by, wait, json }: Options) => {
    if (customer.length < 1 || customer.length > 200) {
      throw new UsageError('--customer takes an id of 1 to 200 characters');
    }
    const context = readContext('forget');
    const log = await openLog(context);
    const bar = new ProgressBar();
    try {
      const store = log instanceof SqliteEventLog ? log : undefined;
      const forgetter = new Forgetter(customer, {
        log,
        store,
        expiry: await expiryOf(context, store !== undefined),
        hashKeySetting: context.settings.SEAMWATCH_HASH_KEY,
        now: Date.now,
        onRecords: (records) => bar.show('reading the log', undefined, `${count(records)} records`),
      });
      if (verify) {
        const { act, standing } = await forgetter.verify();
        bar.end();
        const ok = isGone(standing);
        if (json) printJson({ ok, act: act ?? null, standing });
        else printLine(describeVerified(act, standing));
        if (!ok) process.exitCode = 1;
        return;
      }
      const result = await forgetter.forget(by ?? machineUser(), 1_000 * wait);
      bar.end();
      if (json) printJson({ ...result, act: result.act ?? null });
      else printLine(describeForgotten(result, logName(context.settings)));
      if (result.after.some(({ state }) => state === 'left')) process.exitCode = 1;
    } finally {
      bar.end();
      await log.close();
    }
  });

const topics = ['interactions', 'surveys', 'journeys', 'outcomes', 'dead-letters'] as const satisfies Topic[];

const expiryOf = async (context: Context, isStore: boolean) =>
  isStore
    ? new Map(topics.map((topic) => [topic, storeExpiry(topic)] as const))
    : readExpiry(kafkaOptions(context), topics);
