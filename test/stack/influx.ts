import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAnswers, dockerServer } from './docker.ts';
import { freePort } from './free-port.ts';
import { influxServer, influxVersion } from './influx-install.ts';
import { nativeServer, type Server } from './server.ts';
import type { Say } from './tools.ts';

export interface InfluxOptions {
  /** Never the server given by SEAMWATCH_TEST_INFLUX_URL: for tests that stop it, or need it empty. */
  own?: boolean;
  say?: Say;
}

/** Where an InfluxDB is, and how to get in: plain data. */
export interface InfluxAddress {
  url: string;
  org: string;
  bucket: string;
  token: string;
}

/** A running InfluxDB 2 with an organisation, a bucket and a token that may do everything. */
export interface Influx extends InfluxAddress {
  /** Ends the server in good order. */
  stopServer(): Promise<void>;
  /** Ends the server as a crash would. */
  killServer(): Promise<void>;
  /** Starts it again: same address, same data. */
  startServer(): Promise<void>;
  /** Freezes the server: connections stay open, and nothing is answered. */
  pauseServer(): Promise<void>;
  resumeServer(): Promise<void>;
  /** Ends the server and deletes its data. */
  stop(): Promise<void>;
}

const access = { org: 'seamwatch-test', bucket: 'seamwatch-test', token: 'seamwatch-test-token' };

/**
 * A real InfluxDB: the one given by SEAMWATCH_TEST_INFLUX_URL, _TOKEN and _ORG, or in Docker, or on this
 * machine. Throws with the line to run where it cannot be had. It ends with this process at the latest.
 */
export async function startInflux(options: InfluxOptions = {}): Promise<Influx> {
  const { own = false, say = console.log } = options;
  const given = process.env.SEAMWATCH_TEST_INFLUX_URL;
  if (given && !own) return givenInflux(given);

  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = (await dockerAnswers()) ? await inDocker(url, port) : await natively(url, port, say);
  try {
    await server.start();
    await onboard(url);
  } catch (error) {
    await server.remove();
    throw error;
  }
  return {
    url,
    ...access,
    stopServer: server.stop,
    killServer: server.kill,
    startServer: server.start,
    pauseServer: server.pause,
    resumeServer: server.resume,
    stop: server.remove,
  };
}

async function natively(url: string, port: number, say: Say): Promise<Server> {
  const command = await influxServer(say);
  const scratch = await mkdtemp(join(tmpdir(), 'seamwatch-influx-'));
  return nativeServer({
    name: 'InfluxDB',
    command,
    args: [
      `--http-bind-address=127.0.0.1:${port}`,
      `--bolt-path=${join(scratch, 'influxd.bolt')}`,
      `--sqlite-path=${join(scratch, 'influxd.sqlite')}`,
      `--engine-path=${join(scratch, 'engine')}`,
      '--reporting-disabled',
      '--ui-disabled',
    ],
    log: join(scratch, 'influxd.log'),
    scratch,
    ready: () => isHealthy(url),
  });
}

async function inDocker(url: string, port: number): Promise<Server> {
  const { GenericContainer } = await import('testcontainers');
  const container = new GenericContainer(`influxdb:${influxVersion}`).withExposedPorts({
    container: 8086,
    host: port,
  });
  return dockerServer('InfluxDB', container, () => isHealthy(url));
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function onboard(url: string): Promise<void> {
  const user = { username: 'seamwatch-test', password: 'seamwatch-test', retentionPeriodSeconds: 0 };
  const response = await fetch(`${url}/api/v2/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...user, ...access }),
  });
  if (!response.ok) throw new Error(`InfluxDB refused its set-up: ${await response.text()}`);
}

/** A bucket of its own is made for the run, so that a given server is left as it was found. */
async function givenInflux(url: string): Promise<Influx> {
  const token = process.env.SEAMWATCH_TEST_INFLUX_TOKEN;
  const org = process.env.SEAMWATCH_TEST_INFLUX_ORG;
  if (!token || !org) {
    throw new Error(
      'SEAMWATCH_TEST_INFLUX_URL needs SEAMWATCH_TEST_INFLUX_TOKEN and SEAMWATCH_TEST_INFLUX_ORG beside it',
    );
  }
  const api = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
    const response = await fetch(`${url}/api/v2${path}`, { ...init, headers });
    if (!response.ok) throw new Error(`the InfluxDB of SEAMWATCH_TEST_INFLUX_URL: ${await response.text()}`);
    return response;
  };
  const orgs = (await (await api(`/orgs?org=${encodeURIComponent(org)}`)).json()) as {
    orgs: { id: string }[];
  };
  const bucket = `seamwatch-test-${crypto.randomUUID()}`;
  const body = JSON.stringify({ orgID: orgs.orgs[0]?.id, name: bucket, retentionRules: [] });
  const { id } = (await (await api('/buckets', { method: 'POST', body })).json()) as { id: string };
  const refuse = async () => {
    throw new Error(
      'the InfluxDB of SEAMWATCH_TEST_INFLUX_URL is not the tests’ to control; use { own: true }',
    );
  };
  return {
    url,
    org,
    bucket,
    token,
    stopServer: refuse,
    killServer: refuse,
    startServer: refuse,
    pauseServer: refuse,
    resumeServer: refuse,
    async stop() {
      await api(`/buckets/${id}`, { method: 'DELETE' });
    },
  };
}
