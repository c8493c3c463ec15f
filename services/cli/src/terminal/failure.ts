import { SeamError } from '@seamwatch/contracts/errors.ts';

/** The command line was wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** `SEAM_CODE: what was found; what would be right`, with the stack where it is wanted. */
export function explain(error: unknown, verbose: boolean): string {
  if (error instanceof UsageError) return `error: ${error.message}`;
  const text = error instanceof Error ? error.message : String(error);
  const line =
    error instanceof SeamError
      ? `${error.code}: ${text}`
      : `SEAM_INTERNAL: ${text || 'a fault of the program'}${verbose ? '' : ' (--verbose shows where)'}`;
  return verbose && error instanceof Error ? `${line}\n${stackOf(error)}` : line;
}

function stackOf(error: Error): string {
  const own = error.stack ?? '';
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
