import { join } from 'node:path';
import { startGateway } from '@seamwatch/gateway/gateway.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { closed, contents, openStore, temporaryFolder } from '../testing/store.ts';
import { HttpTarget } from './http-target.ts';

const token = 'ingest-token-0123456789';

async function gateway(ingestToken?: string) {
  const log = openStore();
  const quiet = () => {};
  const started = await startGateway({
    log,
    settings: {
      SEAMWATCH_HOST: '127.0.0.1',
      SEAMWATCH_PORT: 0,
      SEAMWATCH_VIEW_TOKEN: undefined,
      SEAMWATCH_INGEST_TOKEN: ingestToken,
      SEAMWATCH_OPERATOR_TOKEN: undefined,
    },
    pageDir: join(temporaryFolder(), 'no-page'),
    policy: { name: 'Test', minimumN: 20, timeZone: 'UTC' },
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
  onTestFinished(() => started.close());
  return { url: started.url, log };
}

const event = (id: string) => ({
  topic: 'interactions' as const,
  key: id,
  value: JSON.stringify(closed(id, '2026-03-01T10:00:00Z')),
});

describe('sending over HTTP', () => {
  it('reaches the log in order, in as many requests as it needs', async () => {
    const { url, log } = await gateway();
    const events = Array.from({ length: 12_000 }, (_, i) => event(`i${i}`));
    expect(await new HttpTarget({ url }).send(events)).toEqual(new Map());
    expect((await contents(log, 'interactions')).map(({ key }) => key)).toEqual(events.map(({ key }) => key));
  });

  it('lets the gateway keep what is no event, whatever bytes it has', async () => {
    const { url, log } = await gateway();
    const target = new HttpTarget({ url });
    const refused = await target.send([
      { topic: 'dead-letters', key: 'file:x-1', value: Buffer.from('a,"two\nlines"') },
      { topic: 'dead-letters', key: 'file:x-3', value: Buffer.from('b,c') },
      event('a'),
    ]);
    expect(refused).toEqual(new Map());
    expect((await contents(log, 'dead-letters')).map(({ text }) => text)).toEqual(['a,"two\nlines"', 'b,c']);
    expect(await contents(log, 'interactions')).toHaveLength(1);
  });

  it('tells what a gateway refuses', async () => {
    const { url } = await gateway();
    expect(await new HttpTarget({ url }).send([{ ...event('a'), value: '{}' }])).toEqual(
      new Map([['SEAM_NOT_CLOUDEVENT', 1]]),
    );
  });

  it('uses the token, and says which is missing', async () => {
    const { url } = await gateway(token);
    expect(await new HttpTarget({ url, ingestToken: token }).send([event('a')])).toEqual(new Map());
    await expect(new HttpTarget({ url }).send([event('a')])).rejects.toMatchObject({
      code: 'SEAM_UNAUTHORISED',
      message: expect.stringContaining('SEAMWATCH_INGEST_TOKEN'),
    });
  });

  it('gives up in words where nothing answers', async () => {
    const { url } = await gateway();
    const { port } = new URL(url);
    const elsewhere = new HttpTarget({ url: `http://127.0.0.2:${port}`, attempts: 2 });
    await expect(elsewhere.send([event('a')])).rejects.toMatchObject({
      code: 'SEAM_NOT_READY',
      message: expect.stringMatching(/cannot be reached \(.*ECONNREFUSED.*\), 2 times in a row/),
    });
  });

  it('says when the address is not that of a gateway', async () => {
    const { url } = await gateway();
    await expect(new HttpTarget({ url: `${url}/elsewhere` }).send([event('a')])).rejects.toMatchObject({
      code: 'SEAM_NOT_FOUND',
    });
  });
});
