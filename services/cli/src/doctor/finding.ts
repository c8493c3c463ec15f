import { SeamError } from '@seamwatch/contracts/errors.ts';

/** What one check found, for people. */
export interface Finding {
  about: 'settings' | 'policy' | 'kafka' | 'store' | 'influxdb' | 'gateway' | 'monitor';
  state: 'ok' | 'warning' | 'wrong';
  found: string;
  /** What to do about it; absent where nothing is to be done. */
  todo?: string;
}

/** A finding from an error; codes go with it, because the docs list them. */
export function wrong(about: Finding['about'], error: unknown, todo: string): Finding {
  const text = error instanceof Error ? error.message : String(error);
  return { about, state: 'wrong', found: error instanceof SeamError ? `${error.code}: ${text}` : text, todo };
}
