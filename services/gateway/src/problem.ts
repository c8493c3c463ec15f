import { SeamError } from '@seamwatch/contracts/errors.ts';

/** Why the gateway cannot do its work now, for people. */
export interface Problem {
  code: string;
  text: string;
}

/** The code of an error, where it has one, and its message. */
export const asProblem = (error: unknown): Problem => ({
  code: error instanceof SeamError ? error.code : 'SEAM_NOT_READY',
  text: error instanceof Error ? error.message : String(error),
});
