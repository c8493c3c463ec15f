import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { AnswerBytes } from './answer-bytes.ts';

const keepAliveMs = 60_000;

/**
 * Connections of kafkajs that hand it each answer as a whole. By itself it takes pieces of 64 kB, each in memory of its own,
 * and joins them: of answers of ten megabytes everything is copied once more. With TLS it still is.
 */
export const answerSocket: ISocketFactory = ({ host, port, ssl, onConnect }) => {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...ssl }, onConnect)
    : plain(host, port, onConnect);
  return socket.setKeepAlive(true, keepAliveMs);
};

function plain(host: string, port: number, onConnect: () => void): Socket {
  const answers = new AnswerBytes((answer) => socket.emit('data', answer));
  const callback = (count: number) => {
    answers.took(count);
    return true;
  };
  const socket: Socket = connect(
    { host, port, onread: { buffer: () => answers.place, callback } },
    onConnect,
  );
  return socket;
}
