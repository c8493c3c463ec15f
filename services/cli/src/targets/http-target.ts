import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, SeamError } from '@seamwatch/contracts/errors.ts';
import {
  type IngestResponse,
  ingestResponseSchema,
  sourcesResponseSchema,
} from '@seamwatch/contracts/http.ts';
import { cloudEventsJson, ndjson } from '@seamwatch/contracts/operations.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';
import { backoffMs } from '../roles/backoff.ts';
import { largestWatermark } from './log-target.ts';
import type { Refusals, Standing, Target } from './target.ts';

/** Within what a gateway takes at once. */
const maxLines = 5_000;
const maxBytes = 4 * 1024 * 1024;
const attempts = 8;
const timeoutMs = 60_000;

export interface HttpTargetOptions {
  /** Base address of a gateway. */
  url: string;
  /** Tokens for posting and for reading, where the gateway wants them. */
  ingestToken?: string | undefined;
  viewToken?: string | undefined;
  attempts?: number;
}

/**
 * Posts to a gateway's `/v1/events`. What a gateway refuses it keeps as dead letters; records for the dead letters are
 * posted for that reason, as the bytes that they are.
 */
export class HttpTarget implements Target {
  readonly name: string;
  readonly #options: HttpTargetOptions;

  constructor(options: HttpTargetOptions) {
    this.name = options.url;
    this.#options = options;
  }

  async send(records: readonly OutRecord[]): Promise<Refusals> {
    const refused = new Map<ErrorCode, number>();
    const letters = records.filter(({ topic }) => topic === 'dead-letters');
    for (const body of bodiesOf(letters)) await this.#post(body);
    for (const body of bodiesOf(records.filter(({ topic }) => topic !== 'dead-letters'))) {
      for (const { code } of await this.#post(body)) {
        refused.set(code as ErrorCode, (refused.get(code as ErrorCode) ?? 0) + 1);
      }
    }
    return refused;
  }

  async standing(): Promise<Standing> {
    const response = await this.#request('v1/sources', { headers: bearer(this.#options.viewToken) });
    const result = sourcesResponseSchema.safeParse(await response.json().catch(() => undefined));
    if (!result.success) throw this.#unexpected(response);
    return { watermarkMs: largestWatermark(result.data.sources) };
  }

  async close(): Promise<void> {}

  async #post({ body, type }: Body): Promise<IngestResponse['errors']> {
    const response = await this.#request('v1/events', {
      method: 'POST',
      headers: { 'content-type': type, ...bearer(this.#options.ingestToken) },
      body: new Uint8Array(body),
    });
    const result = ingestResponseSchema.safeParse(await response.json().catch(() => undefined));
    if (!result.success) throw this.#unexpected(response);
    return result.data.errors;
  }

  /** Tries again where the other side is away or busy: sending the same events twice is harmless. */
  async #request(path: string, init: RequestInit): Promise<Response> {
    const address = new URL(path, this.#options.url.replace(/\/?$/, '/'));
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(address, { ...init, signal: AbortSignal.timeout(timeoutMs) }).catch(
        (error: Error) => error,
      );
      if (response instanceof Response && response.status !== 429 && response.status < 500) {
        if (response.status === 401 || response.status === 403) {
          throw new SeamError(
            'SEAM_UNAUTHORISED',
            `${address.origin} wants a token for this: set SEAMWATCH_INGEST_TOKEN and SEAMWATCH_VIEW_TOKEN`,
          );
        }
        return response;
      }
      if (attempt === (this.#options.attempts ?? attempts)) {
        const why = response instanceof Response ? `answers ${response.status}` : reasonOf(response);
        throw new SeamError('SEAM_NOT_READY', `${address.origin} ${why}, ${attempt} times in a row`);
      }
      await sleep(backoffMs(attempt));
    }
  }

  #unexpected(response: Response): SeamError {
    return new SeamError(
      'SEAM_NOT_FOUND',
      `${response.url} answers ${response.status}, and not as a Seamwatch gateway does: is the address right?`,
    );
  }
}

interface Body {
  body: Buffer;
  type: string;
}

const bearer = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

function reasonOf(error: Error): string {
  const { cause } = error;
  return `cannot be reached (${cause instanceof Error && cause.message ? cause.message : error.message})`;
}

/** Lines of NDJSON as long as they fit; a record that holds a line feed goes alone. */
function* bodiesOf(records: readonly OutRecord[]): Generator<Body> {
  let lines: Buffer[] = [];
  let bytes = 0;
  const body = () => {
    const taken = { body: Buffer.concat(lines), type: ndjson };
    lines = [];
    bytes = 0;
    return taken;
  };
  for (const { value } of records) {
    const line = Buffer.from((value ?? '') as Uint8Array);
    if (line.includes('\n')) {
      if (lines.length > 0) yield body();
      yield { body: line, type: cloudEventsJson };
      continue;
    }
    if (lines.length > 0 && (lines.length === 2 * maxLines || bytes + line.length > maxBytes)) yield body();
    lines.push(line, Buffer.from('\n'));
    bytes += line.length + 1;
  }
  if (lines.length > 0) yield body();
}
