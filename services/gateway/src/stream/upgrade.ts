import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorCodes } from '@seamwatch/contracts/errors.ts';
import { closeCodes, maxInboundFrameBytes, subprotocol } from '@seamwatch/contracts/frames.ts';
import { WebSocketServer } from 'ws';
import { type Auth, isSecure, sameOrigin } from '../auth.ts';
import { HttpProblem, problemAnswer } from '../http/answer.ts';
import { byeText } from './frames.ts';
import type { StreamHub } from './stream-hub.ts';
import { StreamSocket } from './stream-socket.ts';

/**
 * Takes WebSockets at `/v1/stream`. Other origins and protocols are refused before the upgrade; a missing or wrong token
 * after it (4003), because a browser shows its page no status of a refused upgrade.
 */
export function upgrades(
  auth: Auth,
  hub: StreamHub,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxInboundFrameBytes,
    // Frames go past it; see `StreamClient.send`.
    perMessageDeflate: false,
    WebSocket: StreamSocket,
    // Chosen below already: the first that this server knows.
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  server.on('headers', (headers, request) => {
    const renewal = auth.renewal(request, isSecure(request));
    if (renewal) headers.push(`Set-Cookie: ${renewal}`);
  });
  return (request, socket, head) => {
    const problem = refusal(request);
    if (problem) {
      refuse(socket, problem);
      return;
    }
    server.handleUpgrade(request, socket, head, (client) => {
      if (auth.mayDo('read', auth.principal(request))) {
        hub.connect(client, socket);
        return;
      }
      client.on('error', () => {});
      client.send(byeText('SEAM_UNAUTHORISED', errorCodes.SEAM_UNAUTHORISED));
      client.close(closeCodes.unauthorised, 'SEAM_UNAUTHORISED');
    });
  };
}

function refusal(request: IncomingMessage): HttpProblem | undefined {
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/v1/stream') return new HttpProblem(404, 'SEAM_NOT_FOUND', `there is no stream at ${path}`);
  if (!sameOrigin(request)) {
    return new HttpProblem(403, 'SEAM_ORIGIN', `${request.headers.origin} is not the origin of this gateway`);
  }
  const offered = request.headers['sec-websocket-protocol'];
  if (offered === undefined || offered.split(',').some((p) => p.trim() === subprotocol)) return undefined;
  return new HttpProblem(
    400,
    'SEAM_BAD_REQUEST',
    `subprotocols are ${offered}, where ${subprotocol} is right`,
  );
}

function refuse(socket: Duplex, problem: HttpProblem): void {
  const { status, headers = {}, body = '' } = problemAnswer(problem);
  const lines = Object.entries({
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  const head = [`HTTP/1.1 ${status} Refused`, ...lines.map(([name, value]) => `${name}: ${value}`)].join(
    '\r\n',
  );
  socket.on('error', () => {});
  socket.end(`${head}\r\n\r\n${body.toString()}`);
}
