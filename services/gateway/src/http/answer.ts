import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { type ErrorCode, errorCodes } from '@seamwatch/contracts/errors.ts';
import type { Problem } from '@seamwatch/contracts/http.ts';

export interface Answer {
  status: number;
  headers?: OutgoingHttpHeaders;
  /** Absent: no body. */
  body?: Buffer | string;
}

/** A refusal: answered as problem+json. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly code: ErrorCode;
  readonly headers: OutgoingHttpHeaders;
  readonly more: object;
  constructor(
    status: number,
    code: ErrorCode,
    detail: string,
    options: { headers?: OutgoingHttpHeaders; more?: object } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.more = options.more ?? {};
  }
}

export const jsonAnswer = (value: object, status = 200, headers: OutgoingHttpHeaders = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

export function problemAnswer({ status, code, message, headers, more }: HttpProblem): Answer {
  const problem: Problem = {
    type: `urn:seamwatch:error:${code}`,
    title: errorCodes[code],
    status,
    code,
    detail: message,
  };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ ...problem, ...more }),
  };
}

/** For every answer: nothing is sniffed, framed by others, or told to the next site. */
const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Sends an answer, for HEAD without its body. What was not read of the request is thrown away, for a while. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const length = answer.body === undefined ? 0 : Buffer.byteLength(answer.body);
  const { 'content-length': announced, 'transfer-encoding': chunked } = request.headers;
  const unread = !request.complete && (chunked !== undefined || Number(announced ?? 0) > 0);
  response.writeHead(answer.status, {
    ...commonHeaders,
    ...(answer.status !== 204 && answer.status !== 304 && { 'content-length': length }),
    ...(unread && { connection: 'close' }),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : answer.body);
  if (unread) discardRest(request);
}

/** A sender that is still sending would not see the answer if the connection were cut at once. */
const discardMs = 2_000;

function discardRest(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.destroy(), discardMs);
  request.once('close', () => clearTimeout(timer));
}
