import { dayMs } from './units.ts';

export interface TopicSettings {
  /** 'input' topics share the configurable partition count; the others have one. */
  partitions: 'input' | 1;
  compact: boolean;
  /** Undefined: kept for ever (compacted by key). */
  retentionMs?: number;
}

/** Topics without their prefix, with the settings that `topics create` gives them. */
export const topics = {
  interactions: { partitions: 'input', compact: false, retentionMs: 30 * dayMs },
  surveys: { partitions: 'input', compact: false, retentionMs: 30 * dayMs },
  changes: { partitions: 1, compact: false, retentionMs: 400 * dayMs },
  journeys: { partitions: 'input', compact: true },
  outcomes: { partitions: 'input', compact: true, retentionMs: 35 * dayMs },
  rollups: { partitions: 1, compact: false, retentionMs: 7 * dayMs },
  state: { partitions: 1, compact: true },
  rates: { partitions: 1, compact: false, retentionMs: 3 * dayMs },
  days: { partitions: 1, compact: true, retentionMs: 400 * dayMs },
  alerts: { partitions: 1, compact: false, retentionMs: 400 * dayMs },
  commands: { partitions: 1, compact: true },
  audit: { partitions: 1, compact: false, retentionMs: 400 * dayMs },
  deliveries: { partitions: 1, compact: false, retentionMs: 30 * dayMs },
  'dead-letters': { partitions: 1, compact: true, retentionMs: 30 * dayMs },
} as const satisfies Record<string, TopicSettings>;

export type Topic = keyof typeof topics;
export const topicNames = Object.keys(topics) as Topic[];
export const defaultTopicPrefix = 'seam.';
export const defaultInputPartitions = 12;
