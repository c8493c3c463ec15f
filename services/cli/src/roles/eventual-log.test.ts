import { SeamError } from '@seamwatch/contracts/errors.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { contents, openStore } from '../testing/store.ts';
import { EventualLog } from './eventual-log.ts';

const nothing = () => {};
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };

describe('a log that may not be there yet', () => {
  it('gives the reason until it can be opened, and is the log from then on', async () => {
    const store = openStore();
    const warnings: [object, string][] = [];
    let away = true;
    const warn = (fields: object, text: string) => warnings.push([fields, text]);
    const log = new EventualLog(
      async () => {
        if (away) throw new SeamError('SEAM_KAFKA_UNREACHABLE', 'no broker of nowhere:9092');
        return store;
      },
      { ...quiet, warn },
    );
    onTestFinished(() => log.close());

    await expect(log.offsets('interactions')).rejects.toMatchObject({ code: 'SEAM_KAFKA_UNREACHABLE' });
    expect(warnings[0]).toMatchObject([
      { code: 'SEAM_KAFKA_UNREACHABLE', attempt: 1 },
      expect.stringMatching(/^no broker of nowhere:9092\. Trying again in 0\.\d s$/),
    ]);
    away = false;
    await expect.poll(() => log.partitions('interactions').catch(() => 0), { timeout: 5_000 }).toBe(1);
    await log.append([{ topic: 'interactions', key: 'a', value: 'x' }]);
    expect(await contents(store, 'interactions')).toMatchObject([{ text: 'x' }]);
  });

  it('waits for the first attempt before it answers', async () => {
    const store = openStore();
    const opening = Promise.withResolvers<typeof store>();
    const log = new EventualLog(() => opening.promise, quiet);
    const asked = log.partitions('surveys');
    opening.resolve(store);
    expect(await asked).toBe(1);
    await log.close();
  });

  it('can be closed while it is being opened, and closes what comes too late', async () => {
    const store = openStore();
    const opening = Promise.withResolvers<typeof store>();
    const log = new EventualLog(() => opening.promise, quiet);
    const asked = log.partitions('surveys');
    await log.close();
    await expect(asked).rejects.toMatchObject({ code: 'SEAM_NOT_READY' });
    opening.resolve(store);
    await expect
      .poll(() =>
        store.append([{ topic: 'changes', key: null, value: 'x' }]).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed');
  });
});
