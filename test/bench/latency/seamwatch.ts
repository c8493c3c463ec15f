import { createTopics } from '@seamwatch/adapters/kafka/topics.ts';
import { type ServerFrame, subprotocol } from '@seamwatch/contracts/frames.ts';
import { minuteMs } from '@seamwatch/contracts/units.ts';
import kafkajs from 'kafkajs';
import { WebSocket } from 'ws';
import { Arrivals } from './arrivals.ts';
import { closedEvent, Feed, marketOf } from './feed.ts';
import type { Path } from './path.ts';
import { startRoles } from './roles.ts';

/** Sources of surveys, which nobody sends here, hold back the first minute for this long. */
const idleAfter = '40s';
const firstMinuteMs = 120_000;

/**
 * A monitor and a gateway, each in a process of its own, and a WebSocket client in this one. Each input partition has a
 * segment of its own, so that a segment's volume tells how many of the partition's events are shown.
 */
export async function openSeamwatch(options: {
  brokers: string[];
  prefix: string;
  partitions: number;
  folder: string;
}): Promise<Path> {
  const { brokers, prefix, partitions, folder } = options;
  await createTopics({ brokers, prefix, clientId: 'bench', inputPartitions: partitions });
  const markets = Array.from({ length: partitions }, (_, p) => marketOf(p));
  const segments = markets.map((id) => ({ id, where: { market: id } }));
  const policy = { version: 1, time: { idleAfter }, segments };
  const roles = await startRoles({ brokers, prefix, policy, folder });

  const kafka = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING });
  await closeFirstMinute(kafka, `${prefix}interactions`, partitions);
  const feed = await Feed.open(kafka, `${prefix}interactions`, partitions);
  const arrivals = new Arrivals(feed.sent);
  const socket = await connect(roles.url);
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString()) as ServerFrame;
    if (frame.type !== 'rates' && frame.type !== 'snapshot') return;
    for (const { segment, points } of frame.rates) {
      const volume = points.find((p) => p.measure === 'volume' && p.window === '1h');
      const partition = markets.indexOf(segment);
      if (volume && partition >= 0) arrivals.upTo(partition, volume.n);
    }
  });
  return {
    feed,
    arrivals,
    close: async () => {
      socket.terminate();
      await Promise.all([feed.close(), roles.close()]);
    },
  };
}

/** Events of a few minutes ago, in no partition's segment: only after a closed minute is there anything provisional. */
async function closeFirstMinute(kafka: kafkajs.Kafka, topic: string, partitions: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  const elsewhere = partitions;
  const messages = [10, 3].flatMap((minutesAgo) =>
    Array.from({ length: partitions }, (_, partition) => {
      const value = closedEvent(partition, elsewhere, Date.now() - minutesAgo * minuteMs);
      return { partition, key: 'x', value };
    }),
  );
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Connects, and resolves once a closed minute is shown. */
async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`, [subprotocol]);
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no minute was closed in time')), firstMinuteMs);
    socket.on('error', reject);
    socket.on('message', function onFrame(data) {
      const frame = JSON.parse(data.toString()) as ServerFrame;
      if (frame.type === 'hello') socket.send(JSON.stringify({ type: 'subscribe' }));
      if (!('asOf' in frame) || frame.asOf === null) return;
      clearTimeout(timer);
      socket.off('message', onFrame);
      resolve();
    });
  });
  return socket;
}
