/** What the client needs of a WebSocket: the browser's, Node's and that of `ws` all fit. */
export interface Socket {
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  onclose: ((event: never) => unknown) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, protocols?: string[]) => Socket;

export interface SocketHandlers {
  message(data: unknown): void;
  closed(code: number, reason: string): void;
}

/** Opens a socket; may throw where the address or a protocol name is malformed. */
export function openSocket(
  Implementation: SocketConstructor,
  url: string,
  protocols: string[],
  handlers: SocketHandlers,
): Socket {
  const socket = new Implementation(url, protocols);
  socket.onmessage = (event: { data: unknown }) => handlers.message(event.data);
  socket.onclose = (event: { code?: number; reason?: unknown }) =>
    handlers.closed(event.code ?? 1006, String(event.reason ?? ''));
  // An `error` is always followed by `close`; without a listener `ws` would throw it.
  socket.onerror = () => {};
  return socket;
}

/** Lets go of a socket: nothing that it still does reaches anybody. */
export function abandonSocket(socket: Socket, code = 1000): void {
  socket.onopen = null;
  socket.onmessage = null;
  socket.onclose = null;
  socket.onerror = () => {};
  try {
    socket.close(code);
  } catch {
    // It is gone already.
  }
}
