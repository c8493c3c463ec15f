import type { IncomingMessage } from 'node:http';
import type { Parsed, Schema } from '@seamwatch/contracts/operations.ts';
import { HttpProblem } from './answer.ts';

const jsonBodyLimit = 64 * 1024;

/** Media type of the body, without parameters; empty where none is named. */
export const mediaType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** The whole body; 413 past `limit` bytes, before more of it is held. `onBytes` hears how much comes in. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  onBytes: (count: number) => void = () => {},
): Promise<Buffer> {
  if (request.headers['content-encoding'] !== undefined) {
    const found = request.headers['content-encoding'];
    throw new HttpProblem(415, 'SEAM_BAD_REQUEST', `content-encoding is ${found}, where none is right`);
  }
  const tooLarge = () =>
    new HttpProblem(413, 'SEAM_BAD_REQUEST', `the body is over ${limit} bytes; nothing of it was taken`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const done = Promise.withResolvers<void>();
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    try {
      if (bytes > limit) throw tooLarge();
      onBytes(chunk.length);
      chunks.push(chunk);
    } catch (error) {
      done.reject(error);
    }
  });
  request.once('end', () => done.resolve());
  request.once('error', (error) => done.reject(error));
  request.once('close', () =>
    done.reject(new HttpProblem(400, 'SEAM_BAD_REQUEST', 'the body ended before it was complete')),
  );
  try {
    await done.promise;
  } finally {
    request.removeAllListeners('data');
    request.removeAllListeners('end');
  }
  return Buffer.concat(chunks, bytes);
}

/** A small JSON body that fits the schema; 415, 413, 400 or 422 where it does not. */
export async function readJson<S extends Schema>(request: IncomingMessage, schema: S): Promise<Parsed<S>> {
  if (mediaType(request) !== 'application/json') {
    const found = mediaType(request) || 'absent';
    throw new HttpProblem(
      415,
      'SEAM_BAD_REQUEST',
      `content-type is ${found}, where application/json is right`,
    );
  }
  const body = await readBody(request, jsonBodyLimit);
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw new HttpProblem(400, 'SEAM_NOT_JSON', error instanceof Error ? error.message : String(error));
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const issues = result.error.issues.map((i) => `${i.path.join('.') || '(body)'}: ${i.message}`);
  throw new HttpProblem(422, 'SEAM_WRONG_SHAPE', issues.join('; '));
}
