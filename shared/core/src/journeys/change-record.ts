import type { Topic } from '@seamwatch/contracts/topics.ts';
import type { ByteWriter } from '../bytes/bytes.ts';
import type { OutRecord, PackedRecord } from '../ports/event-log.ts';

/**
 * A record of the changelog where it was written, its key in ASCII and its value behind it. Most are only copied into what goes
 * to a broker: to make a text of each key and an array of each value takes longer than to write them.
 */
export class ChangeRecord implements OutRecord, PackedRecord {
  readonly topic: Topic;
  readonly partition: number;
  readonly bytes: Uint8Array;
  readonly keyFrom: number;
  readonly from: number;
  /** < 0: no value. */
  readonly to: number;

  /** Takes what `writer` holds: `keyBytes` of key, and the value or (`isTombstone`) none. */
  constructor(topic: Topic, partition: number, writer: ByteWriter, keyBytes: number, isTombstone: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.bytes = writer.memory;
    this.keyFrom = writer.start;
    this.from = writer.start + keyBytes;
    this.to = isTombstone ? -1 : writer.end;
    writer.next();
  }

  get key(): string {
    return String.fromCharCode.apply(null, this.bytes.subarray(this.keyFrom, this.from) as never);
  }

  get value(): Uint8Array | null {
    return this.to < 0 ? null : this.bytes.subarray(this.from, this.to);
  }

  get packed(): PackedRecord {
    return this;
  }
}
