import { randomUUID } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { decodeEvent } from '@seamwatch/contracts/cloudevents.ts';
import { eventTypes, keyOf, topicOf } from '@seamwatch/contracts/events.ts';
import { changeRequestSchema, type IngestResponse } from '@seamwatch/contracts/http.ts';
import type { DeadLetterHeaders } from '@seamwatch/contracts/records.ts';
import type { EventLog, OutRecord } from '@seamwatch/core/ports/event-log.ts';
import type { Logger } from '../logger.ts';
import { withTimeout } from '../with-timeout.ts';
import { type Answer, HttpProblem, jsonAnswer, problemAnswer } from './answer.ts';
import { readBody, readJson } from './body.ts';
import { type EventLine, eventLines } from './event-lines.ts';
import type { HandlersOf } from './router.ts';

export const maxBodyBytes = 16 * 1024 * 1024;
export const maxEvents = 20_000;
/** Bodies held at the same time, over all requests; past it the answer is 429. */
const maxHeldBytes = 64 * 1024 * 1024;
const appendPatienceMs = 10_000;
/** So many are judged before other requests get their turn: some 5 ms. */
const judgedAtOnce = 1_000;
/** Kafka takes no record over 1 MB; a dead letter keeps this much of a longer one. */
const maxDeadLetterBytes = 512 * 1024;

export interface IngestOptions {
  log: EventLog;
  logger: Logger;
  now: () => number;
  /** Hears of each judged event: its code, or undefined where it is good. */
  onEvents: (code: string | undefined, count: number) => void;
}

type Refusal = IngestResponse['errors'][number];

/** Taking events and changes. What is answered as accepted is in the log, and so is every refused line, as a dead letter. */
export function ingestHandlers(options: IngestOptions): HandlersOf<'postEvents' | 'postChange'> {
  let heldBytes = 0;
  return {
    postEvents: async ({ request }) => {
      let held = 0;
      try {
        const body = await readBody(request, maxBodyBytes, (count) => {
          if (heldBytes + count > maxHeldBytes) throw busy();
          heldBytes += count;
          held += count;
        });
        const lines = eventLines(request, body);
        if (lines.length === 0) throw new HttpProblem(400, 'SEAM_BAD_REQUEST', 'the body holds no event');
        if (lines.length > maxEvents) {
          const detail = `${lines.length} events at once, where at most ${maxEvents} are right; nothing was taken`;
          throw new HttpProblem(413, 'SEAM_BAD_REQUEST', detail);
        }
        return await ingest(lines, options);
      } finally {
        heldBytes -= held;
      }
    },
    postChange: async ({ request }) => {
      const given = await readJson(request, changeRequestSchema);
      const { changeId = randomUUID(), at = new Date(options.now()).toISOString() } = given;
      const data = { ...given, changeId, at };
      const event = {
        specversion: '1.0',
        id: changeId,
        source: '/v1/changes',
        type: eventTypes.changeRecorded,
        data,
      };
      await append(options, [{ topic: 'changes', key: null, value: JSON.stringify(event) }]);
      return jsonAnswer(data, 201);
    },
  };
}

async function ingest(lines: readonly EventLine[], options: IngestOptions): Promise<Answer> {
  const requestId = randomUUID();
  const records: OutRecord[] = [];
  const errors: Refusal[] = [];
  for (const [i, line] of lines.entries()) {
    if (i > 0 && i % judgedAtOnce === 0) await breathe();
    const decoded = decodeEvent(line.bytes, line.headers);
    if (decoded.ok) {
      const { event } = decoded;
      const headers = line.headers as Record<string, string>;
      records.push({ topic: topicOf(event.type), key: keyOf(event), value: line.bytes, headers });
    } else {
      const { code, path, found } = decoded;
      errors.push({ line: line.line, code, path, found });
      records.push(deadLetter(line, { code, path, found }, requestId));
    }
  }
  await append(options, records);
  const accepted = lines.length - errors.length;
  options.onEvents(undefined, accepted);
  for (const { code } of errors) options.onEvents(code, 1);
  return answer({ accepted, rejected: errors.length, errors });
}

/** 202 all, 207 some, 422 none accepted; the lists are the same in each. */
function answer(result: IngestResponse): Answer {
  if (result.rejected === 0) return jsonAnswer(result, 202);
  if (result.accepted > 0) return jsonAnswer(result, 207);
  const [first] = result.errors;
  const detail = `none of ${result.rejected} event(s) was accepted; line ${first!.line}: ${first!.path} ${first!.found}`;
  return problemAnswer(new HttpProblem(422, first!.code as 'SEAM_NOT_JSON', detail, { more: result }));
}

function deadLetter(line: EventLine, reason: Omit<Refusal, 'line'>, requestId: string): OutRecord {
  const cut = line.bytes.length > maxDeadLetterBytes;
  const headers: DeadLetterHeaders = {
    'seam-code': reason.code,
    'seam-path': reason.path,
    'seam-found': cut ? `${reason.found}; the first ${maxDeadLetterBytes} are kept` : reason.found,
    'seam-source': 'http',
    'seam-offset': `${requestId}-${line.line}`,
  };
  return {
    topic: 'dead-letters',
    key: `http-${requestId}-${line.line}`,
    value: cut ? line.bytes.subarray(0, maxDeadLetterBytes) : line.bytes,
    headers: { ...(line.headers as Record<string, string>), ...headers },
  };
}

async function append({ log, logger }: IngestOptions, records: readonly OutRecord[]): Promise<void> {
  try {
    await withTimeout(log.append(records), appendPatienceMs, 'the log did not confirm in time');
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    logger.warn({ error: text, records: records.length }, 'the log takes no records');
    const detail = `the log takes no records now: ${text}. Sending the same again is harmless`;
    throw new HttpProblem(503, 'SEAM_NOT_READY', detail, { headers: { 'retry-after': '5' } });
  }
}

const busy = (): HttpProblem =>
  new HttpProblem(429, 'SEAM_BUSY', 'too many events are being taken at once; send the same again', {
    headers: { 'retry-after': '1' },
  });
