/** How long bytes stay in a topic, in ms after they were appended; null where nothing bounds it. */
export interface TopicExpiry {
  /** Until retention has deleted a record, whatever its key. */
  retainedMs: number | null;
  /** Until the older values of a key are gone after a newer one or a tombstone. */
  supersededMs: number | null;
  /** Until a tombstone is gone, and with it the key. */
  tombstoneMs: number | null;
}
