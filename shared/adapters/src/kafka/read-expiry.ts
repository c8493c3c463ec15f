import type { Topic } from '@seamwatch/contracts/topics.ts';
import { dayMs, hourMs } from '@seamwatch/contracts/units.ts';
import kafkajs from 'kafkajs';
import type { TopicExpiry } from '../log/topic-expiry.ts';
import { type TopicOptions, withAdmin } from './topics.ts';

const asked = [
  'cleanup.policy',
  'retention.ms',
  'segment.ms',
  'max.compaction.lag.ms',
  'delete.retention.ms',
] as const;
/** For the broker's own pace: it looks for what to delete and compact every few minutes, and works through it. */
const paceMs = hourMs;

/** How long brokers keep what topics hold, by the topics' settings. Rejects where this user may not see them. */
export function readExpiry(
  options: TopicOptions,
  topics: readonly Topic[],
): Promise<ReadonlyMap<Topic, TopicExpiry>> {
  return withAdmin(options, async (admin) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((topic) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: options.prefix + topic,
        configNames: [...asked],
      })),
    });
    return new Map(
      topics.map((topic) => {
        const entries = resources.find((r) => r.resourceName === options.prefix + topic)?.configEntries ?? [];
        return [topic, expiryOf(new Map(entries.map((e) => [e.configName, e.configValue])))];
      }),
    );
  });
}

/** From the settings of a topic, as Kafka writes them. */
export function expiryOf(settings: ReadonlyMap<string, string>): TopicExpiry {
  const policies = (settings.get('cleanup.policy') ?? 'delete').split(',').map((policy) => policy.trim());
  const ms = (name: (typeof asked)[number]): number | null => {
    const value = Number(settings.get(name));
    return Number.isFinite(value) && value >= 0 && value < Number.MAX_SAFE_INTEGER ? value : null;
  };
  const retention = ms('retention.ms');
  // A segment is deleted as a whole, when its newest record is old enough.
  const segment = ms('segment.ms');
  const lag = policies.includes('compact') ? ms('max.compaction.lag.ms') : null;
  const tombstones = ms('delete.retention.ms') ?? dayMs;
  return {
    retainedMs:
      policies.includes('delete') && retention !== null && segment !== null
        ? retention + segment + paceMs
        : null,
    supersededMs: lag === null ? null : lag + paceMs,
    // Found by one pass of the cleaner, dropped by the first pass after their own time.
    tombstoneMs: lag === null ? null : 2 * (lag + paceMs) + tombstones,
  };
}
