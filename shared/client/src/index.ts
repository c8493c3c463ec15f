export type { AlertGap } from './alert-sequence.ts';
export type { Backoff } from './backoff.ts';
export { connect } from './connect.ts';
export type { Socket, SocketConstructor } from './socket.ts';
export type * from './types.ts';
