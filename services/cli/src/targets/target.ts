import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { OutRecord } from '@seamwatch/core/ports/event-log.ts';

/** Events that the other side refused, and keeps as dead letters, by reason. */
export type Refusals = ReadonlyMap<ErrorCode, number>;
export const noRefusals: Refusals = new Map();

/** Where the monitor stands, as far as the target can tell. */
export interface Standing {
  /** Largest watermark of all sources, in ms; null where nothing was processed yet. */
  watermarkMs: number | null;
}

/** Where events go: an event log, a gateway, a file. */
export interface Target {
  /** For people, as in "sent to …". */
  readonly name: string;
  /** Resolves when the records are safe there. Throws a `SeamError` where they cannot be sent. */
  send(records: readonly OutRecord[]): Promise<Refusals>;
  standing(): Promise<Standing>;
  close(): Promise<void>;
}
