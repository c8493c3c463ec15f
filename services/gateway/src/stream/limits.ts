import { heartbeatMs } from '@seamwatch/contracts/frames.ts';

/** What keeps one slow client from costing the others anything. Bytes are those that wait in this process. */
export interface StreamLimits {
  /** Alerts past this end the connection with 4008. */
  bufferBytes: number;
  /** Above this a client gets rates joined to the newest per segment, once it has caught up. */
  slowBytes: number;
  heartbeatMs: number;
  /** A client that has not subscribed by then gets everything. */
  subscribeWithinMs: number;
  /**
   * Least time between two frames of rates, where what comes in between is joined. With many clients it is longer, so that
   * sending takes no more than a quarter of the time, but not longer than `slowestFlushMs`.
   */
  flushMs: number;
  slowestFlushMs: number;
  /** Least time between two status frames that are not heartbeats. */
  statusGapMs: number;
  /** Least time between two snapshots to everybody, when the list of segments or the weeks changed. */
  snapshotGapMs: number;
}

export const streamLimits: StreamLimits = {
  bufferBytes: 4 * 1024 * 1024,
  slowBytes: 256 * 1024,
  heartbeatMs,
  subscribeWithinMs: 1_000,
  flushMs: 25,
  slowestFlushMs: 1_000,
  statusGapMs: 1_000,
  snapshotGapMs: 5_000,
};
