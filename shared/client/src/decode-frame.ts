import { type ServerFrame, serverFrameSchema } from '@seamwatch/contracts/frames.ts';

export type Decoded = { frame: ServerFrame } | { why: string };

/** A frame of the server, or why it is none. */
export function decodeFrame(data: unknown): Decoded {
  if (typeof data !== 'string') return { why: 'found a binary frame, where JSON text is right' };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { why: `found text that is not JSON (${data.length} characters)` };
  }
  const result = serverFrameSchema.safeParse(json);
  if (result.success) return { frame: result.data };
  const issue = result.error.issues[0];
  return { why: `${issue?.path.map(String).join('.') || '(frame)'}: ${issue?.message ?? 'off-schema'}` };
}
