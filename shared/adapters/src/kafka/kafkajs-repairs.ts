import { createRequire } from 'node:module';

/**
 * Faults of kafkajs 2.2.4 that reach every connection. It is unmaintained and its version is pinned, so they are
 * repaired here, once per process.
 */
const require = createRequire(import.meta.url);

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * It looks after requests that wait for their turn every millisecond for ever, even when there are none: 2.9 % of a core per
 * idle consumer instead of 0.4 %, and a warning of Node about the negative time that it gives.
 */
function stopIdleTimers(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: RequestQueue };
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

interface Connection {
  socket?: { destroyed: boolean };
  bytesBuffered: number;
  chunks: Buffer[];
  processData(bytes: Buffer): void;
  isConnected(): boolean;
  connect(): Promise<unknown>;
  disconnect(): Promise<unknown>;
}

/**
 * Requests that find a connection closed at the same time open a socket each: all but one leak, and later break the others.
 * Each of them closes the lost one too, which piles up listeners on its socket.
 */
function connectOnce(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection };
  const { connect, disconnect } = prototype;
  const connecting = new WeakMap<Connection, Promise<unknown>>();
  prototype.connect = function (this: Connection) {
    let attempt = connecting.get(this);
    if (!attempt) {
      attempt = connect.call(this).finally(() => connecting.delete(this));
      connecting.set(this, attempt);
    }
    return attempt;
  };
  prototype.disconnect = async function (this: Connection) {
    if (this.socket?.destroyed && !this.isConnected()) return true;
    return disconnect.call(this);
  };
}

/** It keeps what is left after an answer, nothing mostly, and joins it with the next: a copy of up to ten megabytes each time. */
function joinNothing(): void {
  const { prototype } = require('kafkajs/src/network/connection') as { prototype: Connection };
  const { processData } = prototype;
  prototype.processData = function (this: Connection, bytes: Buffer) {
    if (this.bytesBuffered === 0) this.chunks = [];
    processData.call(this, bytes);
  };
}

stopIdleTimers();
joinNothing();
connectOnce();
