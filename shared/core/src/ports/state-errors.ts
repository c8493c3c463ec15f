import { SeamError } from '@seamwatch/contracts/errors.ts';

/** State was counted with another repeat window, in days, than the policy says. */
export const otherWindow = (found: number, wanted: number): SeamError =>
  new SeamError(
    'SEAM_CONFIG',
    `what is stored was counted with a repeat window of ${found} days, and the policy says ${wanted}: set it back, or replay the history into an empty store`,
  );

/** State is laid out as another version of the program does it. */
export const otherVersion = (): SeamError =>
  new SeamError(
    'SEAM_STORE_VERSION',
    'what is stored was written by another version of Seamwatch: go back to it, or replay the history into an empty store',
  );
