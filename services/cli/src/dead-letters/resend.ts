import { decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { keyOf, topicOf } from '@seamwatch/contracts/events.ts';
import type { EventLog, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { DeadLetter } from './read-dead-letters.ts';

export interface Resent {
  /** By topic. */
  sent: Record<string, number>;
  /** Still no events, by reason: they stay dead letters. */
  stillBad: Record<string, number>;
}

const batchLetters = 500;

/**
 * Sends dead letters that are events to their topic again, with their original bytes and key, and takes them off the dead
 * letters. What the monitor refuses again comes back as a new dead letter.
 */
export async function resend(
  log: EventLog,
  letters: readonly DeadLetter[],
  dryRun: boolean,
): Promise<Resent> {
  const result: Resent = { sent: {}, stillBad: {} };
  let batch: OutRecord[] = [];
  const flush = async () => {
    // Sent before it is taken off: an end in between leaves it twice, which is harmless, and never loses it.
    if (!dryRun) {
      await log.append(batch.filter(({ topic }) => topic !== 'dead-letters'));
      await log.append(batch.filter(({ topic }) => topic === 'dead-letters'));
    }
    batch = [];
  };
  for (const letter of letters) {
    const record = originalOf(letter);
    if (typeof record === 'string') {
      result.stillBad[record] = (result.stillBad[record] ?? 0) + 1;
      continue;
    }
    result.sent[record.topic] = (result.sent[record.topic] ?? 0) + 1;
    batch.push(record, { topic: 'dead-letters', key: letter.key, value: null });
    if (batch.length >= 2 * batchLetters) await flush();
  }
  await flush();
  return result;
}

/** The record as it was before it was refused, or the reason why it is none. */
function originalOf({ value, headers }: DeadLetter): OutRecord | string {
  const decoded = decodeEvent(value, headers);
  if (!decoded.ok) return decoded.code;
  const own = Object.entries(headers).filter(([name]) => !name.startsWith('seam-'));
  return {
    topic: topicOf(decoded.event.type),
    key: headers['seam-key'] ?? keyOf(decoded.event),
    value,
    ...(own.length > 0 && { headers: Object.fromEntries(own) }),
  };
}
