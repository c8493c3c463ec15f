import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Answer, emptyInput, type Input, type Interaction, isBad } from './interactions.ts';

type Json = Record<string, unknown>;

const range = { csat: [1, 5], ces: [1, 7], nps: [0, 10] } as const;
const types = [
  'seam.interaction.closed.v1',
  'seam.interaction.handed_off.v1',
  'seam.customer.churned.v1',
  'seam.survey.sent.v1',
  'seam.survey.answered.v1',
  'seam.change.recorded.v1',
];
const answerKeys = ['surveyId', 'interactionId', 'customerId', 'instrument', 'score', 'answeredAt'];

/** Reads a file of CloudEvents, a line each. Of the same interaction or answer twice, the first in event time counts. */
export async function readEvents(file: string): Promise<Input> {
  const input = emptyInput();
  const interactions: Interaction[] = [];
  const answers: (Answer & { id: string })[] = [];
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.trim() === '') continue;
    input.read++;
    try {
      const event = parse(line);
      const data = event.data as Json;
      if (event.type === 'seam.interaction.closed.v1') interactions.push(interactionOf(data));
      else if (event.type === 'seam.survey.answered.v1') answers.push(answerOf(data));
      else if (typeof data !== 'object' || data === null) throw new Bad('SEAM_WRONG_SHAPE');
    } catch (error) {
      if (!(error instanceof Bad)) throw error;
      isBad(input, error.message);
    }
  }
  input.interactions = firstOfEach(input, interactions, (i) => i.close);
  input.answers = firstOfEach(input, answers, (a) => a.at);
  return input;
}

class Bad extends Error {}

function need(condition: boolean, reason = 'SEAM_WRONG_SHAPE'): asserts condition {
  if (!condition) throw new Bad(reason);
}

function firstOfEach<T extends { id: string }>(input: Input, all: T[], time: (one: T) => number): T[] {
  const seen = new Set<string>();
  return all
    .sort((a, b) => time(a) - time(b))
    .filter(({ id }) => {
      if (seen.has(id)) input.duplicates++;
      return !seen.has(id) && seen.add(id);
    });
}

function parse(line: string): { type: string; data: unknown } {
  need(Buffer.byteLength(line) <= 65_536, 'SEAM_EVENT_TOO_LARGE');
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    throw new Bad('SEAM_NOT_JSON');
  }
  need(typeof event === 'object' && event !== null, 'SEAM_NOT_CLOUDEVENT');
  const { specversion, id, source, type, data } = event as Json;
  for (const text of [id, source, type]) need(typeof text === 'string' && text !== '', 'SEAM_NOT_CLOUDEVENT');
  need(specversion === '1.0', 'SEAM_NOT_CLOUDEVENT');
  need(types.includes(type as string), 'SEAM_UNKNOWN_TYPE');
  return { type: type as string, data };
}

function time(value: unknown): number {
  need(
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(value),
  );
  const ms = Date.parse(value);
  need(!Number.isNaN(ms));
  return ms;
}

function text(value: unknown, longest: number): string {
  need(typeof value === 'string' && value.length >= 1 && value.length <= longest);
  return value;
}

const label = (value: unknown): string => {
  const found = text(value, 64);
  need(!found.includes('|'));
  return found;
};
const labelOrUnknown = (value: unknown): string => (value === undefined ? 'unknown' : label(value));
const idOrNull = (value: unknown): string | null => (value === null ? null : text(value, 200));

function interactionOf(data: Json): Interaction {
  need(typeof data === 'object' && data !== null);
  const start = time(data.startedAt);
  const close = time(data.closedAt);
  need(data.startedWith === 'ai' || data.startedWith === 'human');
  need(Array.isArray(data.handoffs) && typeof data.abandoned === 'boolean');
  need(data.claimedResolved === null || typeof data.claimedResolved === 'boolean');
  need(data.complexity === undefined || ['low', 'medium', 'high'].includes(data.complexity as string));
  need(data.emotion === undefined || (typeof data.emotion === 'number' && Math.abs(data.emotion) <= 1));
  const handoffs = (data.handoffs as Json[]).map((handoff) => ({
    at: time(handoff.at),
    cause: text(handoff.cause, 64),
    answered: handoff.answeredAt === null ? null : time(handoff.answeredAt),
  }));
  const id = text(data.interactionId, 200);
  const valueBand = (data.customer as Json | undefined)?.valueBand;
  need(valueBand === undefined || ['low', 'mid', 'high', 'top'].includes(valueBand as string));
  need(close >= start, 'SEAM_WRONG_TIMES');
  for (const { at, answered } of handoffs) {
    need(at >= start - 5_000 && at <= close + 5_000, 'SEAM_WRONG_TIMES');
    need(answered === null || answered >= at - 5_000, 'SEAM_WRONG_TIMES');
  }
  const escalated = data.startedWith === 'ai' && handoffs.length > 0;
  return {
    id,
    customer: idOrNull(data.customerId),
    start,
    close,
    path: data.startedWith === 'human' ? 'human' : escalated ? 'seam' : 'ai',
    category: label(data.category),
    channel: label(data.channel),
    valueBand: (valueBand as string | undefined) ?? 'unknown',
    complexity: (data.complexity as string | undefined) ?? 'unknown',
    market: labelOrUnknown(data.market),
    language: labelOrUnknown(data.language),
    cause: escalated ? handoffs[0]!.cause : null,
    handoffs: escalated ? handoffs.length : 0,
    seamAbandoned: escalated && data.abandoned && handoffs.at(-1)!.answered === null,
    waits: escalated
      ? handoffs.flatMap((h) => (h.answered === null ? [] : [Math.max(0, h.answered - h.at)]))
      : [],
    claimedResolved: data.claimedResolved,
  };
}

function answerOf(data: Json): Answer & { id: string } {
  need(
    typeof data === 'object' && data !== null && Object.keys(data).every((key) => answerKeys.includes(key)),
  );
  const id = text(data.surveyId, 200);
  const interaction = text(data.interactionId, 200);
  idOrNull(data.customerId);
  const at = time(data.answeredAt);
  const { instrument, score } = data;
  need(instrument === 'csat' || instrument === 'ces' || instrument === 'nps');
  need(typeof score === 'number' && Number.isInteger(score));
  const [low, high] = range[instrument];
  need(score >= low && score <= high, 'SEAM_SCORE_RANGE');
  return { id, interaction, instrument, score, at };
}
