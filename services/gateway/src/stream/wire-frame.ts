/** A text frame with its header, as it goes over the wire from a server: never masked, never in parts (RFC 6455 §5.2). */
export interface WireFrame {
  readonly wire: Buffer;
}

const finalText = 0x81;
/** Lengths that stand in the header's second byte; else one of these says how many bytes hold it. */
const longestShort = 125;
const inTwoBytes = 126;
const inEightBytes = 127;

export function wireFrame(text: string): WireFrame {
  const length = Buffer.byteLength(text);
  const header = headerOf(length);
  const wire = Buffer.allocUnsafe(header.length + length);
  header.copy(wire);
  wire.write(text, header.length);
  return { wire };
}

function headerOf(length: number): Buffer {
  if (length <= longestShort) return Buffer.from([finalText, length]);
  if (length <= 0xffff) return Buffer.from([finalText, inTwoBytes, length >> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = finalText;
  header[1] = inEightBytes;
  header.writeBigUInt64BE(BigInt(length), 2);
  return header;
}
