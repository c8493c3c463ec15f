import { createHash, randomBytes } from 'node:crypto';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';

const keyPrefix = 'hash-key/';

/**
 * The 16-byte key of the customer hash: from the setting where there is one, else made once and kept in the log's
 * `commands`. Every made key has a record key of its own, so that compaction keeps all; the first in the log holds.
 * Throws `SEAM_NOT_READY` where the log cannot be read to its end.
 */
export async function hashKeyOf(setting: string | undefined, log: EventLog): Promise<Uint8Array> {
  const found = await knownHashKey(setting, log);
  if (found) return found;
  const value = randomBytes(16);
  await log.append([
    { topic: 'commands', partition: 0, key: keyPrefix + value.subarray(0, 4).toString('hex'), value },
  ]);
  return (await storedKey(log)) ?? value;
}

/** The key where there is one; nothing is made. Throws `SEAM_NOT_READY` as `hashKeyOf` does. */
export async function knownHashKey(
  setting: string | undefined,
  log: EventLog,
): Promise<Uint8Array | undefined> {
  if (setting !== undefined) return createHash('sha256').update(setting).digest().subarray(0, 16);
  return storedKey(log);
}

async function storedKey(log: EventLog): Promise<Uint8Array | undefined> {
  const { first, end } = (await log.offsets('commands')).get('commands-0') ?? { first: 0, end: 0 };
  if (end === first) return undefined;
  const reader = await log.reader({ topics: ['commands'], from: 'beginning' });
  try {
    for await (const batch of reader.batches({ idlePollMs: 50, signal: AbortSignal.timeout(15_000) })) {
      for (const record of batch.records)
        if (record.key?.startsWith(keyPrefix))
          return record.value === null ? undefined : new Uint8Array(record.value);
      if ((batch.records.at(-1)?.offset ?? 0) + 1 >= end) return undefined;
    }
  } finally {
    await reader.close();
  }
  throw new SeamError(
    'SEAM_NOT_READY',
    'the key of the customer hash could not be read from the log within 15 s',
  );
}
