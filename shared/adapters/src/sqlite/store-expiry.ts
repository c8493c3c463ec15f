import { type Topic, type TopicSettings, topics } from '@seamwatch/contracts/topics.ts';
import { hourMs } from '@seamwatch/contracts/units.ts';
import type { TopicExpiry } from '../log/topic-expiry.ts';
import { tombstoneMs } from './trim.ts';

/** `seamwatch start` trims so often. */
const trimEveryMs = hourMs;

/** How long the store keeps what a topic holds, while `seamwatch start` runs. */
export function storeExpiry(topic: Topic): TopicExpiry {
  const { compact, retentionMs }: TopicSettings = topics[topic];
  return {
    retainedMs: retentionMs === undefined ? null : retentionMs + trimEveryMs,
    supersededMs: compact ? 0 : null,
    tombstoneMs: compact ? tombstoneMs + trimEveryMs : null,
  };
}
