import type { IncomingMessage } from 'node:http';
import type { Headers } from '@seamwatch/contracts/cloudevents.ts';
import { cloudEventsBatch, cloudEventsJson, json, ndjson } from '@seamwatch/contracts/operations.ts';
import { HttpProblem } from './answer.ts';
import { mediaType } from './body.ts';

/** One event as it came, not judged yet. */
export interface EventLine {
  /** From 1: the line of NDJSON, the place in a batch. */
  line: number;
  bytes: Buffer;
  /** Attributes of binary mode, as `ce_id`. */
  headers: Headers;
}

const ndjsonTypes = new Set([ndjson, 'application/ndjson', 'application/jsonl', 'application/json-lines']);

/** Splits a body into events by its media type; 415 for a type that is none of those. */
export function eventLines(request: IncomingMessage, body: Buffer): EventLine[] {
  const type = mediaType(request);
  if (request.headers['ce-specversion'] !== undefined) return [binaryMode(request, body)];
  if (ndjsonTypes.has(type)) return splitLines(body);
  if (type === cloudEventsJson) return [single(body)];
  if (type === cloudEventsBatch) return splitBatch(body);
  if (type === json) return startsArray(body) ? splitBatch(body) : [single(body)];
  const right = [ndjson, cloudEventsBatch, cloudEventsJson, json].join(', ');
  throw new HttpProblem(
    415,
    'SEAM_BAD_REQUEST',
    `content-type is ${type || 'absent'}, where one of ${right} is right`,
  );
}

const single = (bytes: Buffer): EventLine => ({ line: 1, bytes, headers: {} });

const newline = 0x0a;
const carriageReturn = 0x0d;

/** Empty lines are counted and passed over. */
function splitLines(body: Buffer): EventLine[] {
  const lines: EventLine[] = [];
  let start = 0;
  for (let line = 1; start < body.length; line++) {
    const found = body.indexOf(newline, start);
    const end = found < 0 ? body.length : found;
    const last = end > start && body[end - 1] === carriageReturn ? end - 1 : end;
    if (last > start) lines.push({ line, bytes: body.subarray(start, last), headers: {} });
    start = end + 1;
  }
  return lines;
}

const startsArray = (body: Buffer): boolean => /^\s*\[/.test(body.toString('latin1', 0, 64));

/** A batch that cannot be read counts as one bad event. */
function splitBatch(body: Buffer): EventLine[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return [single(body)];
  }
  if (!Array.isArray(parsed)) return [single(body)];
  return parsed.map((event, i) => ({ line: i + 1, bytes: Buffer.from(JSON.stringify(event)), headers: {} }));
}

/** `ce-id: x` becomes the record header `ce_id`; values are percent-encoded on HTTP. */
function binaryMode(request: IncomingMessage, body: Buffer): EventLine {
  const headers: Record<string, string> = { 'content-type': mediaType(request) || json };
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith('ce-') && typeof value === 'string')
      headers[`ce_${name.slice(3)}`] = percentDecoded(value);
  }
  return { line: 1, bytes: body, headers };
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
