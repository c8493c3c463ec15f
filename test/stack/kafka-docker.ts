import type { StartedNetwork } from 'testcontainers';
import { dockerServer } from './docker.ts';
import { freePorts } from './free-port.ts';
import { type Broker, brokerIsReady, brokerProperties } from './kafka-broker.ts';
import { kafkaVersion } from './kafka-install.ts';

/** Brokers of one cluster in containers, not yet started. */
export async function dockerBrokers(count: number, properties: string[]): Promise<Broker[]> {
  const { GenericContainer, Network } = await import('testcontainers');
  const network: StartedNetwork = await new Network().start();
  const ports = await freePorts(count);
  return ports.map((port, index) => {
    const id = index + 1;
    const address = `127.0.0.1:${port}`;
    const settings = {
      ...brokerProperties(id, count),
      listeners: 'CLIENT://:9092,CONTROLLER://:9093,BROKER://:9094',
      'advertised.listeners': `CLIENT://${address},BROKER://kafka-${id}:9094`,
      'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT',
      'inter.broker.listener.name': 'BROKER',
      'controller.quorum.voters': ports.map((_, n) => `${n + 1}@kafka-${n + 1}:9093`).join(','),
      ...Object.fromEntries(properties.map((line) => line.split(/=(.*)/s, 2))),
    };
    const container = new GenericContainer(`apache/kafka:${kafkaVersion}`)
      .withNetwork(network)
      .withNetworkAliases(`kafka-${id}`)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment({
        ...Object.fromEntries(Object.entries(settings).map(([key, value]) => [variable(key), value])),
        KAFKA_HEAP_OPTS: '-Xms256m -Xmx256m',
        CLUSTER_ID: 'c2VhbXdhdGNoLXRlc3QwMA',
      });
    const server = dockerServer(`Kafka broker ${id}`, container, () => brokerIsReady(address, id));
    const remove = async () => {
      await server.remove();
      // A network cannot be removed while it is in use: the last broker's removal succeeds.
      await network.stop().catch(() => {});
    };
    return { address, ...server, remove };
  });
}

/** The image's name for a setting: `log.dirs` is KAFKA_LOG_DIRS. */
function variable(key: string): string {
  return `KAFKA_${key.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_').toUpperCase()}`;
}
