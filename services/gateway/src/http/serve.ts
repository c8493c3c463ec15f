import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Operation, OperationName } from '@seamwatch/contracts/operations.ts';
import { type Auth, addressedAsLoopback, directFromLoopback, isSecure, sameOrigin } from '../auth.ts';
import type { Logger } from '../logger.ts';
import { type Answer, HttpProblem, problemAnswer, send } from './answer.ts';
import { type Call, type Handlers, readQuery, route } from './router.ts';
import type { StaticPage } from './static-page.ts';

export interface ServeOptions {
  auth: Auth;
  handlers: Handlers;
  page: StaticPage;
  logger: Logger;
  /** Hears of each answer; the operation is `page` for what is none. */
  onAnswer: (operation: OperationName | 'page', status: number) => void;
}

/** Answers every request: an operation, a file of the page, or a problem. */
export function serve(options: ServeOptions): RequestListener {
  return (request, response) => {
    void answerRequest(options, request, response);
  };
}

async function answerRequest(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let operation: OperationName | 'page' = 'page';
  let answer: Answer;
  try {
    const method = request.method ?? 'GET';
    const url = parseUrl(request);
    const match = route(method, url.pathname);
    if (match && 'status' in match) answer = match;
    else if (match) {
      operation = match.name;
      answer = await operate(options, request, response, match, url);
    } else answer = pageAnswer(options.page, request, method, url);
  } catch (error) {
    answer = problemAnswer(asProblem(error, request, options.logger));
  }
  send(request, response, answer);
  options.onAnswer(operation, answer.status);
  options.logger.debug({ method: request.method, operation, status: answer.status }, 'answered');
}

async function operate(
  { auth, handlers }: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
  { name, operation, id }: { name: OperationName; operation: Operation; id: string },
  url: URL,
): Promise<Answer> {
  const principal = auth.principal(request);
  admit(auth, request, operation, principal);
  const query = readQuery(operation, url.searchParams);
  // The query was read with this operation's own schema, which the types cannot follow.
  const handler = handlers[name] as (call: Call) => Answer | Promise<Answer>;
  const answer = await handler({ request, response, id, query, principal });
  const renewal = operation.path === '/v1/session' ? undefined : auth.renewal(request, isSecure(request));
  return renewal ? { ...answer, headers: { ...answer.headers, 'set-cookie': renewal } } : answer;
}

/** Throws 401 or 403 where this request may not do this. */
function admit(
  auth: Auth,
  request: IncomingMessage,
  { access, method }: Operation,
  principal: ReturnType<Auth['principal']>,
): void {
  if (method !== 'GET' && !sameOrigin(request)) {
    throw new HttpProblem(403, 'SEAM_ORIGIN', `${request.headers.origin} is not the origin of this gateway`);
  }
  if (access === 'open' || (access === 'metrics' && directFromLoopback(request))) return;
  const wanted = access === 'metrics' ? 'read' : access;
  if (!auth.mayDo(wanted, principal)) {
    throw new HttpProblem(401, 'SEAM_UNAUTHORISED', `this needs a token that may ${purposes[wanted]}`, {
      headers: { 'www-authenticate': 'Bearer realm="seamwatch"' },
    });
  }
  const nobody = { roles: new Set<never>(), via: 'nothing' } as const;
  if (wanted !== 'read' && auth.mayDo(wanted, nobody) && !addressedAsLoopback(request)) {
    const detail = `without a token, posting is open under a loopback name only, not as ${request.headers.host}`;
    throw new HttpProblem(403, 'SEAM_ORIGIN', detail);
  }
}

const purposes = { read: 'read', ingest: 'post events', change: 'record changes' } as const;

function pageAnswer(page: StaticPage, request: IncomingMessage, method: string, url: URL): Answer {
  if (method === 'OPTIONS') return { status: 204, headers: { allow: 'GET, HEAD, OPTIONS' } };
  const answer = method === 'GET' || method === 'HEAD' ? page.answer(request, decodedPath(url)) : undefined;
  if (answer) return answer;
  throw new HttpProblem(404, 'SEAM_NOT_FOUND', `there is nothing at ${url.pathname}`);
}

function decodedPath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname);
  } catch {
    return url.pathname;
  }
}

function parseUrl(request: IncomingMessage): URL {
  const target = `http://gateway${request.url?.startsWith('/') ? request.url : '/'}`;
  if (URL.canParse(target)) return new URL(target);
  throw new HttpProblem(400, 'SEAM_BAD_REQUEST', 'the address is malformed');
}

function asProblem(error: unknown, request: IncomingMessage, logger: Logger): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (request.destroyed && !request.complete) logger.debug({ error: text }, 'a request was broken off');
  else logger.error({ error: text, url: request.url }, 'a request failed');
  return new HttpProblem(500, 'SEAM_INTERNAL', 'the gateway met a fault of its own; its log has the details');
}
