import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SeamError } from '@seamwatch/contracts/errors.ts';
import { bearerSubprotocolPrefix } from '@seamwatch/contracts/frames.ts';
import { type Role, roles } from '@seamwatch/contracts/http.ts';
import type { Access } from '@seamwatch/contracts/operations.ts';
import type { Settings } from '@seamwatch/contracts/settings.ts';

export type AuthSettings = Pick<
  Settings,
  'SEAMWATCH_HOST' | 'SEAMWATCH_VIEW_TOKEN' | 'SEAMWATCH_INGEST_TOKEN' | 'SEAMWATCH_OPERATOR_TOKEN'
>;

export interface Principal {
  roles: ReadonlySet<Role>;
  via: 'token' | 'session' | 'nothing';
}

export const sessionCookie = 'seamwatch_session';
/** The longest that browsers keep a cookie. */
const sessionSeconds = 400 * 86_400;
/** A session that is used is renewed once a month, so that a wall page never has to sign in again. */
const renewAfterSeconds = 30 * 86_400;
const nobody: Principal = { roles: new Set(), via: 'nothing' };

/** Which roles may do what, where a token is set for one of them. Without any such token it is open. */
const allowed: Record<
  Exclude<Access, 'open' | 'metrics'>,
  { needs: readonly Role[]; also: readonly Role[] }
> = {
  read: { needs: ['view'], also: ['operator'] },
  ingest: { needs: ['ingest'], also: [] },
  change: { needs: ['ingest', 'operator'], also: [] },
};

/**
 * Who may do what, by tokens. A session is a cookie signed with the token that it was opened with: it survives restarts,
 * needs no store, and ends when that token is changed.
 */
export class Auth {
  readonly #tokens: ReadonlyMap<Role, string>;
  readonly #now: () => number;
  /** True where events are taken without a token. */
  readonly ingestIsOpen: boolean;

  /** Throws `SEAM_CONFIG` where anyone in the network could post events. */
  constructor(settings: AuthSettings, now: () => number) {
    const tokens = [
      ['view', settings.SEAMWATCH_VIEW_TOKEN],
      ['ingest', settings.SEAMWATCH_INGEST_TOKEN],
      ['operator', settings.SEAMWATCH_OPERATOR_TOKEN],
    ] as const;
    this.#tokens = new Map(tokens.flatMap(([role, token]) => (token ? [[role, token] as const] : [])));
    this.#now = now;
    this.ingestIsOpen = !this.#tokens.has('ingest');
    if (this.ingestIsOpen && !isLoopback(settings.SEAMWATCH_HOST)) {
      throw new SeamError(
        'SEAM_CONFIG',
        `SEAMWATCH_HOST is ${settings.SEAMWATCH_HOST}, where anyone who reaches it could post events; ` +
          'set SEAMWATCH_INGEST_TOKEN (16 characters or more), or bind 127.0.0.1',
      );
    }
  }

  /** Who sends this request: by bearer token, else by session, else by the token in a WebSocket subprotocol. */
  principal(request: IncomingMessage): Principal {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (bearer !== undefined) return { roles: this.rolesOf(bearer.trim()), via: 'token' };
    const session = this.#session(request);
    if (session) return { roles: this.rolesOf(this.#tokens.get(session.role)!), via: 'session' };
    const offered = tokenInSubprotocol(request);
    return offered === undefined ? nobody : { roles: this.rolesOf(offered), via: 'token' };
  }

  mayDo(access: Exclude<Access, 'open' | 'metrics'>, principal: Principal): boolean {
    const { needs, also } = allowed[access];
    if (!needs.some((role) => this.#tokens.has(role))) return true;
    return [...needs, ...also].some((role) => principal.roles.has(role));
  }

  /** Every role that has this token; compares with all of them in constant time. */
  rolesOf(token: string): ReadonlySet<Role> {
    const given = digest(token);
    const found = new Set<Role>();
    for (const [role, expected] of this.#tokens)
      if (timingSafeEqual(given, digest(expected))) found.add(role);
    return found;
  }

  /** `Set-Cookie` of a new session for the strongest of the roles. */
  openSession(granted: ReadonlySet<Role>, secure: boolean): string {
    const role = strongest(granted) ?? 'view';
    const issued = Math.floor(this.#now() / 1_000);
    return this.#cookie(`${role}.${issued}.${this.#sign(role, issued)}`, sessionSeconds, secure);
  }

  closeSession(secure: boolean): string {
    return this.#cookie('', 0, secure);
  }

  /** `Set-Cookie` that prolongs a session of this request that is due for it. */
  renewal(request: IncomingMessage, secure: boolean): string | undefined {
    const session = this.#session(request);
    if (!session || this.#now() / 1_000 - session.issued < renewAfterSeconds) return undefined;
    return this.openSession(new Set([session.role]), secure);
  }

  #session(request: IncomingMessage): { role: Role; issued: number } | undefined {
    const cookies = (request.headers.cookie ?? '').split(';').map((c) => c.trim());
    const value = cookies.find((c) => c.startsWith(`${sessionCookie}=`))?.slice(sessionCookie.length + 1);
    const [name, issuedText, signature] = (value ?? '').split('.');
    const role = roles.find((r) => r === name);
    const issued = Number(issuedText);
    if (!role || !signature || !Number.isInteger(issued) || !this.#tokens.has(role)) return undefined;
    if (this.#now() / 1_000 - issued > sessionSeconds) return undefined;
    return timingSafeEqual(digest(signature), digest(this.#sign(role, issued)))
      ? { role, issued }
      : undefined;
  }

  #sign(role: Role, issued: number): string {
    return createHmac('sha256', this.#tokens.get(role) ?? '')
      .update(`seamwatch session ${role} ${issued}`)
      .digest('base64url');
  }

  #cookie(value: string, maxAge: number, secure: boolean): string {
    const flags = `Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
    return `${sessionCookie}=${value}; ${flags}`;
  }
}

export const strongest = (granted: ReadonlySet<Role>): Role | null =>
  (['operator', 'view', 'ingest'] as const).find((role) => granted.has(role)) ?? null;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host);

function tokenInSubprotocol(request: IncomingMessage): string | undefined {
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((p) => p.trim());
  const carrier = offered.find((p) => p.startsWith(bearerSubprotocolPrefix));
  return carrier && Buffer.from(carrier.slice(bearerSubprotocolPrefix.length), 'base64url').toString('utf8');
}

/** True where the request comes from no web page, or from one that this gateway served. */
export function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
}

/** True where the browser's address bar, too, shows this machine: a foreign name that resolves to it does not pass. */
export function addressedAsLoopback(request: IncomingMessage): boolean {
  const host = request.headers.host ?? '';
  return (
    URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, ''))
  );
}

/** True for a peer on this machine that does not speak for somebody else. */
export function directFromLoopback(request: IncomingMessage): boolean {
  const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
  return forwarded === undefined && isLoopback(request.socket.remoteAddress ?? '');
}

export const isSecure = (request: IncomingMessage): boolean =>
  request.headers['x-forwarded-proto'] === 'https' || 'encrypted' in request.socket;
