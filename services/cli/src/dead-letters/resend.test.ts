import { describe, expect, it } from 'vitest';
import { closed, contents, openStore } from '../testing/store.ts';
import { readDeadLetters } from './read-dead-letters.ts';
import { resend } from './resend.ts';

const letter = (key: string, value: string, headers: Record<string, string>) =>
  ({
    topic: 'dead-letters',
    key,
    value,
    headers: { 'seam-path': '', 'seam-found': '', ...headers },
  }) as const;

const event = JSON.stringify(closed('a', '2026-03-01T10:00:00Z', { customerId: 'c1' }));

async function storeWithLetters() {
  const log = openStore();
  await log.append([
    letter('interactions-0-7', event, {
      'seam-code': 'SEAM_EVENT_TOO_LATE',
      'seam-source': 'interactions-0',
      'seam-offset': '7',
      'seam-key': 'as-it-was',
      traceparent: '00-1-2-01',
    }),
    letter('http-1', event, { 'seam-code': 'SEAM_EVENT_FUTURE', 'seam-source': 'http', 'seam-offset': '1' }),
    letter('file:x-2', '{"not', {
      'seam-code': 'SEAM_NOT_JSON',
      'seam-source': 'file:x',
      'seam-offset': '2',
    }),
    letter('file:x-3', 'gone', { 'seam-code': 'SEAM_NOT_JSON', 'seam-source': 'file:x', 'seam-offset': '3' }),
    { topic: 'dead-letters', key: 'file:x-3', value: null },
  ]);
  return log;
}

describe('dead letters', () => {
  it('are read with where they come from and why, without those that were taken back', async () => {
    const letters = await readDeadLetters(await storeWithLetters(), {});
    expect(letters.map(({ source, offset, code }) => [source, offset, code])).toEqual([
      ['interactions-0', '7', 'SEAM_EVENT_TOO_LATE'],
      ['http', '1', 'SEAM_EVENT_FUTURE'],
      ['file:x', '2', 'SEAM_NOT_JSON'],
    ]);
  });

  it('can be chosen by reason and by source', async () => {
    const log = await storeWithLetters();
    expect(await readDeadLetters(log, { code: 'SEAM_EVENT_FUTURE' })).toHaveLength(1);
    expect(await readDeadLetters(log, { source: 'interactions-0' })).toHaveLength(1);
    expect(await readDeadLetters(log, { code: 'SEAM_EVENT_FUTURE', source: 'file:x' })).toEqual([]);
  });

  it('go back to their topic with original bytes, key and headers, and stay only where they are no events', async () => {
    const log = await storeWithLetters();
    expect(await resend(log, await readDeadLetters(log, {}), false)).toEqual({
      sent: { interactions: 2 },
      stillBad: { SEAM_NOT_JSON: 1 },
    });
    expect(await contents(log, 'interactions')).toMatchObject([
      { text: event, key: 'as-it-was', headers: { traceparent: '00-1-2-01' } },
      { text: event, key: 'c1', headers: {} },
    ]);
    expect((await readDeadLetters(log, {})).map(({ key }) => key)).toEqual(['file:x-2']);
    expect(await resend(log, await readDeadLetters(log, {}), false)).toEqual({
      sent: {},
      stillBad: { SEAM_NOT_JSON: 1 },
    });
  });

  it('stay as they are in a dry run', async () => {
    const log = await storeWithLetters();
    expect(await resend(log, await readDeadLetters(log, {}), true)).toMatchObject({
      sent: { interactions: 2 },
    });
    expect(await contents(log, 'interactions')).toEqual([]);
    expect(await readDeadLetters(log, {})).toHaveLength(3);
  });
});
