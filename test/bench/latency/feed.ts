import { complexities, type InteractionClosed, valueBands } from '@seamwatch/contracts/events.ts';
import { minuteMs, toRfc3339 } from '@seamwatch/contracts/units.ts';
import kafkajs, { type Producer } from 'kafkajs';

const tickMs = 5;

const categories = [
  'faq',
  'status_inquiry',
  'simple_return',
  'billing_dispute',
  'account_lookup',
  'returns',
  'cards',
];
const channels = ['chat', 'phone', 'email', 'messaging', 'social'];
const pick = <T>(from: readonly T[], n: number): T => from[n % from.length]!;

/** A closed interaction of about 600 bytes as a CloudEvent; its market names its partition. */
export function closedEvent(n: number, partition: number, closedMs: number): string {
  const handedOff = n % 11 === 0;
  const id = `2f1c6a52-interaction-${closedMs}-${n}`;
  const data: InteractionClosed = {
    interactionId: id,
    customerId: `customer-${partition}-${n % 40_000}`,
    startedAt: toRfc3339(closedMs - 7 * minuteMs),
    closedAt: toRfc3339(closedMs),
    startedWith: n % 9 === 0 ? 'human' : 'ai',
    handoffs: handedOff
      ? [
          {
            at: toRfc3339(closedMs - 3 * minuteMs),
            cause: 'low_confidence',
            answeredAt: toRfc3339(closedMs - 2 * minuteMs),
          },
        ]
      : [],
    category: pick(categories, n),
    channel: pick(channels, n),
    market: marketOf(partition),
    language: 'en',
    complexity: pick(complexities, n),
    emotion: (n % 21) / 10 - 1,
    customer: { valueBand: pick(valueBands, n >> 1), annualValue: 420, churnRisk: 0.25 },
    modelVersion: 'assistant-4.2',
    claimedResolved: n % 5 !== 0,
    abandoned: false,
    turns: 9,
    handleTimeMs: 412_000,
  };
  const type = 'seam.interaction.closed.v1';
  const time = data.closedAt;
  return JSON.stringify({ specversion: '1.0', id: `${id}/closed`, source: '/bench', type, time, data });
}

export const marketOf = (partition: number): string => `p${partition}`;

/** When each event was sent, in order, by partition; in ms of this process. */
export type Sent = number[][];

/** Appends events at a steady pace, and notes when. */
export class Feed {
  readonly #producer: Producer;
  readonly #topic: string;
  readonly #partitions: number;
  readonly sent: Sent;
  #count = 0;

  private constructor(producer: Producer, topic: string, partitions: number) {
    this.#producer = producer;
    this.#topic = topic;
    this.#partitions = partitions;
    this.sent = Array.from({ length: partitions }, () => []);
  }

  static async open(kafka: kafkajs.Kafka, topic: string, partitions: number): Promise<Feed> {
    const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    return new Feed(producer, topic, partitions);
  }

  /** Resolves when everything has been acknowledged. */
  async run(perSecond: number, seconds: number): Promise<void> {
    const startMs = performance.now();
    const total = perSecond * seconds;
    const sending: Promise<void>[] = [];
    for (let done = 0; done < total; ) {
      const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1_000) * perSecond));
      if (due > done) sending.push(this.#send(due - done));
      done = Math.max(done, due);
      await new Promise((resolve) => setTimeout(resolve, tickMs));
    }
    await Promise.all(sending);
  }

  async #send(count: number): Promise<void> {
    const [nowMs, atMs] = [Date.now(), performance.now()];
    const messages = Array.from({ length: count }, () => {
      const n = this.#count++;
      const partition = n % this.#partitions;
      this.sent[partition]!.push(atMs);
      return { partition, key: String(partition), value: closedEvent(n, partition, nowMs) };
    });
    await this.#producer.send({ topic: this.#topic, messages });
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}
