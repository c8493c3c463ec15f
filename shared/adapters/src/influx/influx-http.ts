import { HttpError, InfluxDB, type Transport } from '@influxdata/influxdb-client';

/** Where an InfluxDB 2 is, and how to get in. */
export interface InfluxAccess {
  url: string;
  org: string;
  /** As a function it is asked before each request, so that a replaced token counts without a restart. */
  token: string | (() => string);
}

/** What InfluxDB, or something in its place, has answered; `status` 0: nothing. */
export interface Answer {
  status: number;
  /** Code and message of InfluxDB's JSON error body; absent where the body was none of InfluxDB's. */
  error?: { code: string; message: string };
  /** For people: the answer, or why there was none. */
  text: string;
  /** `Retry-After` in ms. */
  retryAfterMs?: number;
  body?: unknown;
}

/**
 * Single requests over the client's transport, each with an end: the transport's own timeout reports an error but
 * leaves the request open, so that a write could still arrive after the one that followed it.
 */
export class InfluxHttp {
  readonly #access: InfluxAccess;
  readonly #transport: Transport;
  readonly #timeoutMs: number;

  constructor(access: InfluxAccess, timeoutMs = 15_000) {
    this.#access = access;
    this.#timeoutMs = timeoutMs;
    this.#transport = new InfluxDB({ url: access.url, timeout: 2 * timeoutMs }).transport;
  }

  get org(): string {
    return this.#access.org;
  }

  /** The address without a password that it may hold. */
  get address(): string {
    const { origin, pathname } = new URL(this.#access.url);
    return origin + pathname.replace(/\/$/, '');
  }

  /** Resolves whatever the answer; rejects only with the reason of `signal`. */
  async send(
    method: 'GET' | 'POST',
    path: string,
    query: Record<string, string>,
    body: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    signal.throwIfAborted();
    const { token } = this.#access;
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), this.#timeoutMs);
    const onAbort = () => end.abort();
    signal.addEventListener('abort', onAbort);
    let status = 0;
    try {
      const answer: unknown = await this.#transport.request(
        `${path}?${new URLSearchParams(query)}`,
        body,
        {
          method,
          headers: {
            'content-type': body.startsWith('{') ? 'application/json' : 'text/plain; charset=utf-8',
            authorization: `Token ${typeof token === 'string' ? token : token()}`,
          },
          signal: end.signal,
        },
        (_headers, code) => {
          status = code ?? 0;
        },
      );
      return { status, text: `status ${status}`, body: answer };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HttpError) return refusal(error);
      if (error instanceof SyntaxError)
        return { status, text: `status ${status} with a body that is not JSON` };
      return {
        status: 0,
        text: end.signal.aborted ? `no answer within ${this.#timeoutMs / 1_000} s` : String(error),
      };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function refusal(error: HttpError): Answer {
  const json: unknown = error.json;
  const retryAfterMs = parseRetryAfterMs(error.headers?.['retry-after'], Date.now());
  const own = isErrorBody(json) ? { code: json.code, message: json.message } : undefined;
  return {
    status: error.statusCode,
    text: `${error.statusCode} ${own?.message ?? error.statusMessage ?? ''}`.trim(),
    ...(own && { error: own }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function isErrorBody(json: unknown): json is { code: string; message: string } {
  if (typeof json !== 'object' || json === null) return false;
  const { code, message } = json as { code?: unknown; message?: unknown };
  return typeof code === 'string' && typeof message === 'string';
}

/** Seconds or an HTTP date, as RFC 9110 has it (the client takes the seconds for milliseconds, and dates for none). */
export function parseRetryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return undefined;
  const seconds = Number(text);
  const ms = Number.isNaN(seconds) ? Date.parse(text) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
