import { type SessionResponse, sessionRequestSchema } from '@seamwatch/contracts/http.ts';
import { type Auth, isSecure, type Principal, strongest } from '../auth.ts';
import { HttpProblem, jsonAnswer } from './answer.ts';
import { readJson } from './body.ts';
import type { HandlersOf } from './router.ts';

/** Signing in, out, and asking who one is. */
export function sessionHandlers(auth: Auth): HandlersOf<'getSession' | 'postSession' | 'deleteSession'> {
  const describe = (principal: Principal): SessionResponse => ({
    role: strongest(principal.roles),
    mayRead: auth.mayDo('read', principal),
  });
  return {
    getSession: ({ principal }) => jsonAnswer(describe(principal)),
    postSession: async ({ request }) => {
      const { token } = await readJson(request, sessionRequestSchema);
      const roles = auth.rolesOf(token);
      if (roles.size === 0) throw new HttpProblem(401, 'SEAM_UNAUTHORISED', 'this is no valid token');
      const cookie = auth.openSession(roles, isSecure(request));
      return jsonAnswer(describe({ roles, via: 'session' }), 200, { 'set-cookie': cookie });
    },
    deleteSession: ({ request }) => ({
      status: 204,
      headers: { 'set-cookie': auth.closeSession(isSecure(request)), 'cache-control': 'no-store' },
    }),
  };
}
