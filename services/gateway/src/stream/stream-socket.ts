import { closeCodes } from '@seamwatch/contracts/frames.ts';
import { WebSocket } from 'ws';
import { byeText } from './frames.ts';

/** Code with which ws ends a connection whose frame is over `maxPayload`. */
const messageTooBig = 1009;

/** A server-side socket that says `bye` with 4002 to an oversize frame, which ws refuses before anybody sees it. */
export class StreamSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code !== messageTooBig) {
      super.close(code, reason);
      return;
    }
    if (this.readyState === this.OPEN) {
      this.send(byeText('SEAM_FRAME_INVALID', 'a frame was over 16 KiB'));
    }
    super.close(closeCodes.frameInvalid, 'frame over 16 KiB');
  }
}
