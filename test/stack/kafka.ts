import { dockerAnswers } from './docker.ts';
import type { Broker } from './kafka-broker.ts';
import { dockerBrokers } from './kafka-docker.ts';
import { nativeBrokers } from './kafka-native.ts';
import type { Say } from './tools.ts';

export interface KafkaOptions {
  /** Size of the cluster; three for replication and for the loss of a broker. */
  brokers?: 1 | 3;
  /** More broker settings, such as `broker.session.timeout.ms=3000`; in those of a native one `{listeners}` stands for the usual. */
  properties?: string[];
  /** On this machine even where Docker answers: for listeners that a container would not show. */
  native?: boolean;
  /** Never the server given by SEAMWATCH_TEST_KAFKA: for tests that stop it, or need it empty. */
  own?: boolean;
  say?: Say;
}

/** A running Kafka. Brokers are numbered from 1. */
export interface Kafka {
  /** host:port[,host:port…] */
  bootstrap: string;
  /** The address of each broker. */
  brokers: string[];
  /** Ends a broker in good order: its partitions move to others first. */
  stopBroker(n: number): Promise<void>;
  /**
   * Ends a broker as a crash would. Use three: a cluster of one that is killed just after a commit can forget,
   * at its next start, to write the commit's marker, and readers of committed records then wait for ever
   * (Kafka 4.3.1: "these partitions are likely deleted already and hence can be skipped").
   */
  killBroker(n: number): Promise<void>;
  /** Starts a broker that was stopped or killed: same address, same data. */
  startBroker(n: number): Promise<void>;
  /** Freezes a broker: connections stay open, and nothing is answered. */
  pauseBroker(n: number): Promise<void>;
  resumeBroker(n: number): Promise<void>;
  /** Ends all brokers and deletes their data. */
  stop(): Promise<void>;
}

/**
 * A real Kafka: the one given by SEAMWATCH_TEST_KAFKA, or in Docker, or on this machine. Throws with the
 * line to run where it cannot be had. It ends with this process at the latest.
 */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const { brokers: count = 1, properties = [], native = false, own = native, say = console.log } = options;
  const given = process.env.SEAMWATCH_TEST_KAFKA;
  if (given && !own && count === 1 && properties.length === 0) return givenKafka(given);

  const brokers =
    !native && (await dockerAnswers())
      ? await dockerBrokers(count, properties)
      : await nativeBrokers(count, properties, say);
  const kafka = clusterOf(brokers);
  try {
    await Promise.all(brokers.map((broker) => broker.start()));
  } catch (error) {
    await kafka.stop();
    throw error;
  }
  return kafka;
}

function clusterOf(brokers: Broker[]): Kafka {
  const addresses = brokers.map((broker) => broker.address);
  const broker = (n: number): Broker => {
    const found = brokers[n - 1];
    if (found === undefined) throw new RangeError(`there is no broker ${n}, only 1 to ${brokers.length}`);
    return found;
  };
  return {
    bootstrap: addresses.join(','),
    brokers: addresses,
    stopBroker: async (n) => broker(n).stop(),
    killBroker: async (n) => broker(n).kill(),
    startBroker: async (n) => broker(n).start(),
    pauseBroker: async (n) => broker(n).pause(),
    resumeBroker: async (n) => broker(n).resume(),
    async stop() {
      await Promise.all(brokers.map((each) => each.remove()));
    },
  };
}

function givenKafka(bootstrap: string): Kafka {
  const refuse = async () => {
    throw new Error('the Kafka of SEAMWATCH_TEST_KAFKA is not the tests’ to control; use { own: true }');
  };
  return {
    bootstrap,
    brokers: bootstrap.split(','),
    stopBroker: refuse,
    killBroker: refuse,
    startBroker: refuse,
    pauseBroker: refuse,
    resumeBroker: refuse,
    async stop() {},
  };
}
