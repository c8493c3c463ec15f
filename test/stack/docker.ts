import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { GenericContainer } from 'testcontainers';
import { awaitReady, type Server } from './server.ts';

/** Whether Docker answers on this machine. SEAMWATCH_TEST_DOCKER=no leaves it aside. */
export async function dockerAnswers(): Promise<boolean> {
  if (process.env.SEAMWATCH_TEST_DOCKER === 'no') return false;
  const given = process.env.DOCKER_HOST;
  const sockets = given
    ? [given.replace(/^unix:\/\//, '')]
    : ['/var/run/docker.sock', join(homedir(), '.docker/run/docker.sock')];
  const answers = await Promise.all(sockets.map(ping));
  return answers.includes(true);
}

function ping(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = request({ socketPath, path: '/_ping', timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.once('timeout', () => probe.destroy());
    probe.once('error', () => resolve(false));
    probe.end();
  });
}

/** A server in a container. Its ports must be bound to fixed ones of this machine, so that they outlast a stop. */
export function dockerServer(name: string, image: GenericContainer, ready: () => Promise<boolean>): Server {
  let id: string | undefined;

  const container = async () => {
    if (id === undefined) throw new Error(`${name} was never started`);
    const { getContainerRuntimeClient } = await import('testcontainers');
    return (await getContainerRuntimeClient()).container.getById(id);
  };

  return {
    async start() {
      if (id === undefined) id = (await image.start()).getId();
      else await (await container()).start();
      await awaitReady(name, ready);
    },
    async stop() {
      await (await container()).stop();
    },
    async kill() {
      await (await container()).kill();
    },
    async pause() {
      await (await container()).pause();
    },
    async resume() {
      await (await container()).unpause();
    },
    async remove() {
      if (id !== undefined) await (await container()).remove({ force: true, v: true });
    },
  };
}
