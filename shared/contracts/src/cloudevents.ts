import { z } from 'zod';
import type { ErrorCode } from './errors.ts';
import { dataSchemas, type EventType, eventTypes, type SeamEvent, scoreRange } from './events.ts';
import { fitsOf } from './fits.ts';
import { timeMs } from './time.ts';

export const maxEventBytes = 64 * 1024;

/** A CloudEvent 1.0 in structured mode. */
export interface CloudEvent<D = unknown> {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  time?: string;
  datacontenttype?: string;
  data: D;
}

export type Headers = Readonly<Record<string, string | undefined>>;

export type Decoded =
  | { ok: true; id: string; source: string; event: SeamEvent }
  | { ok: false; code: ErrorCode; path: string; found: string };

const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1),
  source: z.string().min(1),
  type: z.string().min(1),
  data: z.unknown(),
});

const text = new TextDecoder('utf-8', { fatal: true });
const bad = (code: ErrorCode, path: string, found: string): Decoded => ({
  ok: false,
  code,
  path,
  found: found.length > 200 ? `${found.slice(0, 200)}…` : found,
});

/**
 * Reads one event from the bytes of a record, in structured mode or, with `ce_…` headers, in binary mode.
 * Never throws: what cannot be read is a value with its reason, so that no input can stop a stream.
 */
export function decodeEvent(value: Uint8Array | string | null, headers: Headers = {}): Decoded {
  if (value === null || value.length === 0) return bad('SEAM_NOT_JSON', '', 'an empty record');
  const bytes = typeof value === 'string' ? value.length : value.byteLength;
  if (bytes > maxEventBytes) return bad('SEAM_EVENT_TOO_LARGE', '', `${bytes} bytes`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(typeof value === 'string' ? value : text.decode(value));
  } catch (error) {
    return bad('SEAM_NOT_JSON', '', error instanceof Error ? error.message : String(error));
  }
  return headers.ce_specversion === undefined
    ? decodeEnvelope(parsed)
    : decodeEnvelope({
        specversion: headers.ce_specversion,
        id: headers.ce_id,
        source: headers.ce_source,
        type: headers.ce_type,
        data: parsed,
      });
}

const dataFits = new Map(Object.entries(dataSchemas).map(([type, schema]) => [type, fitsOf(schema)]));

/** Reads one event that is parsed already. */
export function decodeEnvelope(parsed: unknown): Decoded {
  return decodeFitting(parsed) ?? decodeBySchema(parsed);
}

/** The short way for what fits as it is, which is nearly everything; undefined where the schemas have to be asked. */
function decodeFitting(parsed: unknown): Decoded | undefined {
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const { specversion, id, source, type, data } = parsed as Partial<CloudEvent>;
  if (specversion !== '1.0' || !isText(id) || !isText(source) || !isText(type)) return undefined;
  if (!dataFits.get(type)?.(data)) return undefined;
  const event = { type, data } as SeamEvent;
  return checkMeaning(event) ?? { ok: true, id, source, event };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** As `decodeEnvelope`, by the schemas alone. */
export function decodeBySchema(parsed: unknown): Decoded {
  const envelope = envelopeSchema.safeParse(parsed);
  if (!envelope.success) return badIssue('SEAM_NOT_CLOUDEVENT', envelope.error);
  const { id, source, type, data } = envelope.data;
  const schema = dataSchemas[type as EventType];
  if (!Object.hasOwn(dataSchemas, type)) return bad('SEAM_UNKNOWN_TYPE', 'type', type);
  const result = schema.safeParse(data);
  if (!result.success) return badIssue('SEAM_WRONG_SHAPE', result.error, 'data.');
  const event = { type, data: result.data } as SeamEvent;
  return checkMeaning(event) ?? { ok: true, id, source, event };
}

function badIssue(code: ErrorCode, error: z.ZodError, prefix = ''): Decoded {
  const issue = error.issues[0];
  return bad(code, `${prefix}${issue?.path.join('.') ?? ''}`, issue?.message ?? 'invalid');
}

/** Two clocks may disagree by this much before times count as contradictory. */
const clockToleranceMs = 5_000;

function checkMeaning(event: SeamEvent): Decoded | undefined {
  if (event.type === eventTypes.surveyAnswered) {
    const [low, high] = scoreRange[event.data.instrument];
    const { score } = event.data;
    if (score < low || score > high) {
      return bad('SEAM_SCORE_RANGE', 'data.score', `${score}, where ${low} to ${high} is right`);
    }
  }
  if (event.type === eventTypes.interactionClosed) {
    const start = timeMs(event.data.startedAt);
    const close = timeMs(event.data.closedAt);
    if (close < start) return bad('SEAM_WRONG_TIMES', 'data.closedAt', 'a close before the start');
    const { handoffs } = event.data;
    for (let i = 0; i < handoffs.length; i++) {
      const handoff = handoffs[i]!;
      const at = timeMs(handoff.at);
      if (at < start - clockToleranceMs || at > close + clockToleranceMs) {
        return bad('SEAM_WRONG_TIMES', `data.handoffs.${i}.at`, 'a handoff outside of the interaction');
      }
      if (handoff.answeredAt !== null && timeMs(handoff.answeredAt) < at - clockToleranceMs) {
        return bad('SEAM_WRONG_TIMES', `data.handoffs.${i}.answeredAt`, 'an answer before the handoff');
      }
    }
  }
  return undefined;
}
