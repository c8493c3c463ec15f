import { SeamError } from '@seamwatch/contracts/errors.ts';
import { type Backoff, backoffMs, defaultBackoff, wait } from './backoff.ts';
import { type Bucket, ensureBucket } from './ensure-buckets.ts';
import { type InfluxAccess, InfluxHttp } from './influx-http.ts';
import { type Point, toLine } from './point.ts';
import { halves, type Line, type Refused, sift } from './sift.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** A write that has not been acknowledged yet, and will be tried again. */
export interface Trouble {
  state: 'retrying' | 'misconfigured';
  /** `SEAM_INFLUX_UNREACHABLE` or `SEAM_INFLUX_CONFIG`. */
  error: SeamError;
  attempt: number;
  /** Until the next attempt. */
  waitMs: number;
}

export interface WriteOutcome {
  written: number;
  refused: readonly Refused[];
}

export interface InfluxSinkOptions {
  access: InfluxAccess;
  /** Awaited after each failed attempt; an error that it throws ends the write. */
  onTrouble?: (trouble: Trouble) => void | Promise<void>;
  backoff?: Backoff;
  /** Lines of one request. */
  maxLines?: number;
  /** Longest wait for one answer. */
  timeoutMs?: number;
  random?: () => number;
}

type Judgement = Extract<Verdict, { kind: 'written' | 'refused' | 'too_large' }>;
type Failure = Extract<Verdict, { kind: 'misconfigured' | 'later' }>;

const longestWaitMs = 3_600_000;

/**
 * Writes points to InfluxDB 2 so that each is acknowledged, or refused with a reason, before `write` resolves. Batches go
 * one after the other, in order, so that of two points with the same identity the later one stays. The client's own
 * `WriteApi` is not used: it drops lines when its buffer is full, resolves before the acknowledgement, and reorders.
 */
export class InfluxSink {
  readonly #http: InfluxHttp;
  readonly #options: InfluxSinkOptions;
  #busy = false;

  constructor(options: InfluxSinkOptions) {
    this.#options = options;
    this.#http = new InfluxHttp(options.access, options.timeoutMs);
  }

  /**
   * Never gives up while InfluxDB is away or misconfigured; makes the bucket if it is missing and the token may.
   * Rejects with the reason of `signal`; then any part of the points may have been written.
   */
  async write(bucket: Bucket, points: readonly Point[], signal: AbortSignal): Promise<WriteOutcome> {
    if (this.#busy) throw new Error('one write at a time: batches in parallel would arrive in any order');
    this.#busy = true;
    try {
      const refused: Refused[] = [];
      let written = 0;
      const pending = inBatches(toLines(points), this.#options.maxLines ?? 5_000);
      for (let batch = pending.shift(); batch; batch = pending.shift()) {
        const judgement = await this.#untilJudged(bucket, batch, signal);
        if (judgement.kind === 'written') {
          written += batch.length;
        } else if (judgement.kind === 'too_large' && batch.length > 1) {
          pending.unshift(...halves(batch));
        } else {
          const reason = 'the point is larger than the server takes';
          const sifted = sift(
            batch,
            judgement.kind === 'refused' ? judgement : { kind: 'refused', reason, dropped: 1 },
          );
          refused.push(...sifted.refused);
          pending.unshift(...sifted.again);
        }
      }
      return { written, refused };
    } finally {
      this.#busy = false;
    }
  }

  async #untilJudged(bucket: Bucket, batch: readonly Line[], signal: AbortSignal): Promise<Judgement> {
    const query = { org: this.#http.org, bucket: bucket.name, precision: 'ms' };
    const body = batch.map(({ text }) => text).join('\n');
    for (let attempt = 1; ; attempt += 1) {
      const verdict = verdictOf(await this.#http.send('POST', '/api/v2/write', query, body, signal));
      const failure = verdict.kind === 'no_bucket' ? await this.#makeBucket(bucket, signal) : verdict;
      if (failure === 'made') continue;
      if (failure.kind !== 'later' && failure.kind !== 'misconfigured') return failure;
      const trouble = this.#troubleOf(failure, attempt);
      await this.#options.onTrouble?.(trouble);
      await wait(trouble.waitMs, signal);
    }
  }

  #troubleOf(failure: Failure, attempt: number): Trouble {
    const { backoff = defaultBackoff, random = Math.random } = this.#options;
    const where = `InfluxDB at ${this.#http.address}: ${failure.reason}`;
    if (failure.kind === 'misconfigured') {
      const error = new SeamError('SEAM_INFLUX_CONFIG', where);
      return { state: 'misconfigured', error, attempt, waitMs: backoff.misconfiguredMs };
    }
    const waitMs = Math.max(
      backoffMs(attempt, backoff, random),
      Math.min(failure.retryAfterMs, longestWaitMs),
    );
    return { state: 'retrying', error: new SeamError('SEAM_INFLUX_UNREACHABLE', where), attempt, waitMs };
  }

  async #makeBucket(bucket: Bucket, signal: AbortSignal): Promise<'made' | Failure> {
    try {
      if (await ensureBucket(this.#http, bucket, signal)) return 'made';
      return { kind: 'misconfigured', reason: `404 for the bucket ${bucket.name}, which is there` };
    } catch (error) {
      if (!(error instanceof SeamError)) throw error;
      if (error.code === 'SEAM_INFLUX_CONFIG') return { kind: 'misconfigured', reason: error.message };
      return { kind: 'later', reason: error.message, retryAfterMs: 0 };
    }
  }
}

function toLines(points: readonly Point[]): Line[] {
  return points.flatMap((point) => {
    const text = toLine(point);
    return text === undefined ? [] : [{ point, text }];
  });
}

function inBatches<T>(items: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let i = 0; i < items.length; i += size) batches.push(items.slice(i, i + size));
  return batches;
}
