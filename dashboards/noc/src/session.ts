import { sessionResponseSchema } from '@seamwatch/contracts/http.ts';

const headers = { 'content-type': 'application/json' };

/** Whether this browser may read; undefined where the server does not answer. */
export async function mayRead(): Promise<boolean | undefined> {
  try {
    const response = await fetch('/v1/session');
    if (!response.ok) return undefined;
    return sessionResponseSchema.parse(await response.json()).mayRead;
  } catch {
    return undefined;
  }
}

/** Signs in with a token; the server keeps the session in a cookie. Undefined where it does not answer. */
export async function signIn(token: string): Promise<boolean | undefined> {
  try {
    const response = await fetch('/v1/session', { method: 'POST', headers, body: JSON.stringify({ token }) });
    if (response.ok) return true;
    return response.status < 500 ? false : undefined;
  } catch {
    return undefined;
  }
}
