import { SeamError } from '@seamwatch/contracts/errors.ts';

/** The promise's outcome, or `SEAM_NOT_READY` with `text` after `ms`. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, text: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new SeamError('SEAM_NOT_READY', text)), ms);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
