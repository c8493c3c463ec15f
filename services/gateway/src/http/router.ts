import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Operation,
  type OperationName,
  operations,
  type Parsed,
  type Schema,
} from '@seamwatch/contracts/operations.ts';
import type { Principal } from '../auth.ts';
import { type Answer, HttpProblem } from './answer.ts';

type QueryOf<N extends OperationName> = (typeof operations)[N] extends { query: infer S extends Schema }
  ? Parsed<S>
  : undefined;

export interface Call<Q = unknown> {
  request: IncomingMessage;
  response: ServerResponse;
  /** Value of `{id}` in the path; empty where the path has none. */
  id: string;
  query: Q;
  principal: Principal;
}

/** One handler per operation of the contract: a missing one does not compile. */
export type Handlers = {
  readonly [N in OperationName]: (call: Call<QueryOf<N>>) => Answer | Promise<Answer>;
};
export type HandlersOf<N extends OperationName> = Pick<Handlers, N>;

export interface Match {
  name: OperationName;
  operation: Operation;
  id: string;
}

interface Route {
  pattern: RegExp;
  /** By method. */
  operations: Map<string, { name: OperationName; operation: Operation }>;
}

const routes: readonly Route[] = makeRoutes();

function makeRoutes(): Route[] {
  const byPath = new Map<string, Route>();
  for (const [name, operation] of Object.entries(operations) as [OperationName, Operation][]) {
    const source = operation.path.replaceAll('.', '\\.').replace('{id}', '([^/]+)');
    const route = byPath.get(operation.path) ?? { pattern: new RegExp(`^${source}$`), operations: new Map() };
    byPath.set(operation.path, route);
    route.operations.set(operation.method, { name, operation });
  }
  return [...byPath.values()];
}

/**
 * The operation at this address, or an answer of the router itself (to OPTIONS), or undefined where no operation has this
 * path. Throws 405 with `Allow` for other methods.
 */
export function route(method: string, path: string): Match | Answer | undefined {
  for (const { pattern, operations } of routes) {
    const found = pattern.exec(path);
    if (!found) continue;
    const match = operations.get(method === 'HEAD' ? 'GET' : method);
    if (match) return { ...match, id: decodeId(found[1] ?? '') };
    const allow = [...operations.keys(), ...(operations.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
    if (method === 'OPTIONS') return { status: 204, headers: { allow } };
    throw new HttpProblem(405, 'SEAM_BAD_REQUEST', `${method} is not possible here; ${allow} are`, {
      headers: { allow },
    });
  }
  return undefined;
}

function decodeId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpProblem(400, 'SEAM_BAD_REQUEST', `${text} is not percent-encoded UTF-8`);
  }
}

/** The query as the operation wants it; 400 naming every parameter that does not fit. */
export function readQuery(operation: Operation, search: URLSearchParams): unknown {
  if (!operation.query) return undefined;
  const result = operation.query.safeParse(Object.fromEntries(search));
  if (result.success) return result.data;
  const issues = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
  throw new HttpProblem(400, 'SEAM_BAD_REQUEST', issues.join('; '));
}
