import { createServer, type Server } from 'node:http';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';

/** An answer is asked for at most this often. */
const freshMs = 1_000;
const patienceMs = 3_000;

/** `/healthz` says that the process lives, `/readyz` whether its log answers: 200 or 503, as JSON. */
export interface Health {
  port: number;
  /** The log in use now. */
  follow(log: EventLog | undefined): void;
  failed(error: unknown): void;
  close(): Promise<void>;
}

/** Throws `SEAM_PORT_TAKEN`. */
export async function startHealth(host: string, port: number): Promise<Health> {
  let log: EventLog | undefined;
  let detail = 'starting';
  let askedMs = Number.NEGATIVE_INFINITY;
  let answer: Promise<string | undefined> = Promise.resolve(detail);

  const problem = (): Promise<string | undefined> => {
    if (log === undefined) return Promise.resolve(detail);
    if (performance.now() - askedMs > freshMs) {
      askedMs = performance.now();
      answer = problemOf(log);
    }
    return answer;
  };
  const server = createServer((request, response) => {
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/healthz') send(200, { alive: true });
    else if (request.url === '/readyz') {
      void problem().then((bad) => {
        const checks = [{ name: 'log', ok: bad === undefined, detail: bad ?? 'reachable' }];
        send(bad === undefined ? 200 : 503, { ready: bad === undefined, checks });
      });
    } else send(404, { code: 'SEAM_NOT_FOUND', detail: '/healthz and /readyz are here' });
  });
  return {
    port: await listening(server, host, port),
    follow: (next) => {
      log = next;
      askedMs = Number.NEGATIVE_INFINITY;
    },
    failed: (error) => {
      detail = textOf(error);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Why the log does not answer; undefined where it does. */
async function problemOf(log: EventLog): Promise<string | undefined> {
  const late = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => late.resolve(`the log has not answered within ${patienceMs / 1_000} s`),
    patienceMs,
  );
  try {
    return await Promise.race([log.offsets('interactions').then(() => undefined), late.promise]);
  } catch (error) {
    return textOf(error);
  } finally {
    clearTimeout(timer);
  }
}

const textOf = (error: unknown): string => {
  if (error instanceof SeamError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
};

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = `port ${port} of ${host} is in use by another program: choose another with --health-port`;
      reject(error.code === 'EADDRINUSE' ? new SeamError('SEAM_PORT_TAKEN', taken, { cause: error }) : error);
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
