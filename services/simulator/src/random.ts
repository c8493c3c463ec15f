/**
 * Names one thing (an interaction, a customer, a quarter of an hour) under one seed. Every draw about the thing
 * is a function of its key and a purpose, so that changing how one thing is drawn leaves all others as they were.
 */
export interface Key {
  hi: number;
  lo: number;
}

/** What a stream of numbers is for. The numbers are part of what a seed means: never reuse or reorder them. */
export const purposes = {
  arrivals: 1,
  identity: 2,
  matter: 3,
  customer: 4,
  start: 5,
  escalation: 6,
  handoffs: 7,
  abandonment: 8,
  resolution: 9,
  handling: 10,
  decision: 11,
  experience: 12,
  repeat: 13,
  followUp: 14,
  churn: 15,
  delivery: 16,
  badInput: 17,
  csat: 20,
  ces: 21,
  nps: 22,
} as const;
export type Purpose = keyof typeof purposes;

const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

function mix(hash: number, word: number): number {
  const k = Math.imul(rotate(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
  return (Math.imul(rotate(hash ^ k, 13), 5) + 0xe6546b64) | 0;
}

function avalanche(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h ^ (h >>> 13), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The key of a thing that up to three whole numbers name, under a seed of up to 53 bits (murmur3 mixing). */
export function keyOf(seed: number, a: number, b = 0, c = 0): Key {
  const high = Math.floor(seed / 2 ** 32);
  return {
    hi: avalanche(mix(mix(mix(mix(0x243f6a88, seed), a), b), c) ^ high),
    lo: avalanche(mix(mix(mix(mix(0x85a308d3, high), c), b), a) ^ seed),
  };
}

/** Chris Doty-Humphrey's sfc32, opened anew for each key and purpose. */
export class RandomStream {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /** Starts the numbers of one thing for one purpose, and returns this stream. */
  open(key: Key, purpose: Purpose): this {
    this.a = key.hi | 0;
    this.b = key.lo | 0;
    this.c = Math.imul(purposes[purpose], 0x9e3779b9);
    this.counter = 1;
    for (let i = 0; i < 12; i++) this.next();
    return this;
  }

  /** 32 random bits. */
  next(): number {
    const out = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (rotate(this.c, 21) + out) | 0;
    return out >>> 0;
  }

  /** Uniform on the open interval from 0 to 1. */
  uniform(): number {
    return (this.next() + 0.5) * 2 ** -32;
  }

  /** A whole number from 0 to below `n`, for n far below 2³². */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
}
