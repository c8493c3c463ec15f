import { createServer } from 'node:net';
import type { Settings } from '@seamwatch/contracts/settings.ts';
import type { Finding } from './finding.ts';

const timeoutMs = 2_000;
const loopback = /^(localhost|127\.|\[?::1\]?$)/;

/** Can the gateway have its port, and is it open to more than it should be? */
export async function checkGateway(settings: Settings): Promise<Finding[]> {
  const { SEAMWATCH_HOST: host, SEAMWATCH_PORT: port } = settings;
  const findings = [await checkPort(host, port)];
  if (loopback.test(host)) return findings;
  const open = [
    ...(settings.SEAMWATCH_INGEST_TOKEN === undefined ? ['SEAMWATCH_INGEST_TOKEN'] : []),
    ...(settings.SEAMWATCH_OPERATOR_TOKEN === undefined ? ['SEAMWATCH_OPERATOR_TOKEN'] : []),
    ...(settings.SEAMWATCH_VIEW_TOKEN === undefined ? ['SEAMWATCH_VIEW_TOKEN'] : []),
  ];
  if (open.length > 0) {
    findings.push({
      about: 'gateway',
      state: open.includes('SEAMWATCH_INGEST_TOKEN') ? 'wrong' : 'warning',
      found: `${host} can be reached by others, and ${open.join(', ')} is not set`,
      todo: 'set it (16 characters or more), or bind 127.0.0.1',
    });
  }
  return findings;
}

async function checkPort(host: string, port: number): Promise<Finding> {
  const error = await bindError(host, port);
  if (error === undefined) return { about: 'gateway', state: 'ok', found: `port ${port} of ${host} is free` };
  if (error.code === 'EADDRINUSE') {
    if (await isGateway(host, port)) {
      return { about: 'gateway', state: 'ok', found: `a gateway runs on port ${port} of ${host}` };
    }
    const found = `SEAM_PORT_TAKEN: port ${port} of ${host} is in use by another program`;
    return {
      about: 'gateway',
      state: 'wrong',
      found,
      todo: 'end that program, or set SEAMWATCH_PORT to another',
    };
  }
  const found = `port ${port} of ${host} cannot be had (${error.message})`;
  return {
    about: 'gateway',
    state: 'wrong',
    found,
    todo: 'set SEAMWATCH_HOST and SEAMWATCH_PORT to what this machine has',
  };
}

function bindError(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

async function isGateway(host: string, port: number): Promise<boolean> {
  const address = host.includes(':') ? `[${host}]` : host.replace('0.0.0.0', '127.0.0.1');
  try {
    const response = await fetch(`http://${address}:${port}/healthz`, {
      signal: AbortSignal.timeout(timeoutMs),
    });
    return ((await response.json()) as { alive?: unknown }).alive === true;
  } catch {
    return false;
  }
}
