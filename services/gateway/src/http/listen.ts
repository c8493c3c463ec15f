import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SeamError } from '@seamwatch/contracts/errors.ts';

/** Binds the server; resolves to the port. Throws `SEAM_PORT_TAKEN` and `SEAM_CONFIG`. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  const bound = Promise.withResolvers<void>();
  server.once('error', bound.reject);
  server.listen({ host, port }, bound.resolve);
  try {
    await bound.promise;
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, host, port);
  } finally {
    server.off('error', bound.reject);
  }
  return (server.address() as AddressInfo).port;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): SeamError {
  const options = { cause: error };
  switch (error.code) {
    case 'EADDRINUSE': {
      const text = `port ${port} on ${host} is in use by another program; stop it, or choose another with --port`;
      return new SeamError('SEAM_PORT_TAKEN', text, options);
    }
    case 'EACCES':
      return new SeamError(
        'SEAM_CONFIG',
        `port ${port} needs more rights; choose one above 1023 with --port`,
        options,
      );
    default:
      return new SeamError('SEAM_CONFIG', `${host}:${port} cannot be bound: ${error.message}`, options);
  }
}
