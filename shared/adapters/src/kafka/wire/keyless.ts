import { randomUUID } from 'node:crypto';

const mark = '~keyless~';

/** A compacted topic takes no record without a key: it gets one of its own here, and loses it again when read. */
export const keyForKeyless = (): string => mark + randomUUID();

export const isKeyless = (key: string): boolean => key.startsWith(mark);
