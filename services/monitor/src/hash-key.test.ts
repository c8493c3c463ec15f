import { describe, expect, test } from 'vitest';
import { hashKeyOf } from './hash-key.ts';
import { openLog } from './testing/log.ts';

describe('the key of the customer hash', () => {
  test('comes from the setting, always the same', async () => {
    const log = openLog(1);
    const key = await hashKeyOf('secret', log);
    expect(key.length).toBe(16);
    expect(await hashKeyOf('secret', log)).toEqual(key);
    expect(await hashKeyOf('another', log)).not.toEqual(key);
    expect(await log.offsets('commands')).toEqual(new Map([['commands-0', { first: 0, end: 0 }]]));
  });

  test('is made once, and kept in the log among other commands', async () => {
    const log = openLog(1);
    await log.append([{ topic: 'commands', partition: 0, key: 'act/1', value: 'x' }]);
    const key = await hashKeyOf(undefined, log);
    expect(key.length).toBe(16);
    await log.append([{ topic: 'commands', partition: 0, key: 'act/2', value: 'x' }]);
    expect(await hashKeyOf(undefined, log)).toEqual(key);
    expect(await hashKeyOf(undefined, openLog(1))).not.toEqual(key);
  });

  test('is one and the same for processes that start together', async () => {
    const log = openLog(1);
    const keys = await Promise.all([1, 2, 3].map(() => hashKeyOf(undefined, log)));
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  });
});
