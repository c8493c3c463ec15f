import type { Answer } from './influx-http.ts';

/** What to do after an answer to a write. */
export type Verdict =
  | { kind: 'written' }
  /** Points of the batch are refused; others may have been written. `dropped`: how many at least, where it says so. */
  | { kind: 'refused'; reason: string; dropped: number }
  | { kind: 'too_large' }
  | { kind: 'no_bucket' }
  | { kind: 'misconfigured'; reason: string }
  | { kind: 'later'; reason: string; retryAfterMs: number };

/**
 * Only 204 is an acknowledgement, and only an error in InfluxDB's own form condemns points: a wrong address may lead to
 * some other server, whose 200 or 400 says nothing about them.
 */
export function verdictOf(answer: Answer): Verdict {
  const { status, error, text } = answer;
  if (status === 204) return { kind: 'written' };
  if ((status === 400 || status === 422) && error) {
    const dropped = Number(/.* dropped=(\d+)/s.exec(error.message)?.[1] ?? 0);
    return { kind: 'refused', reason: error.message, dropped };
  }
  if (status === 413) return { kind: 'too_large' };
  if (status === 404 && error) return { kind: 'no_bucket' };
  if (status === 0 || status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: 'later', reason: text, retryAfterMs: answer.retryAfterMs ?? 0 };
  }
  return { kind: 'misconfigured', reason: error ? text : `${text}, which InfluxDB would not answer` };
}
