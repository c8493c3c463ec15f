import { type EventTimeMs, type Minute, minuteMs } from '@seamwatch/contracts/units.ts';
import type { ByteReader, ByteWriter } from '../bytes/bytes.ts';

/** How far an event may lie ahead of the time at which the log took it. */
export const futureToleranceMs = 5 * minuteMs;

export interface TimeSettings {
  outOfOrder: number;
  allowedLateness: number;
}

export interface Timing {
  kind: 'on_time' | 'late' | 'too_late' | 'future';
  /** Minute of the event. */
  minute: Minute;
  /** Minute in which evidence may use it: its own, or, if late, the first that the source has not passed. */
  stamp: Minute;
}

/**
 * Event time of one source (topic-partition). Its watermark is the largest event time so far less `outOfOrder`, never
 * past the append time: a fact of this source's log alone, not of how sources interleave.
 */
export class SourceClock {
  state: 'never_seen' | 'active' | 'idle' = 'never_seen';
  watermarkMs: EventTimeMs = Number.NEGATIVE_INFINITY;
  /** Next offset to read. */
  position = 0;
  events = 0;
  late = 0;
  duplicates = 0;
  dead = 0;
  readonly #settings: TimeSettings;

  constructor(settings: TimeSettings) {
    this.#settings = settings;
  }

  /** The first minute that this source has not passed. */
  get openMinute(): Minute {
    return Math.floor(this.watermarkMs / minuteMs);
  }

  /** Judges an event time, and lets it advance the watermark. */
  observe(eventMs: EventTimeMs, appendedMs: number): Timing {
    const minute = Math.floor(eventMs / minuteMs);
    const late = eventMs < this.watermarkMs;
    const stamp = late ? this.openMinute : minute;
    if (eventMs > appendedMs + futureToleranceMs) return { kind: 'future', minute, stamp };
    if (eventMs < this.watermarkMs - this.#settings.allowedLateness)
      return { kind: 'too_late', minute, stamp };
    const watermark = Math.min(eventMs, appendedMs) - this.#settings.outOfOrder;
    if (watermark > this.watermarkMs) this.watermarkMs = watermark;
    this.state = 'active';
    this.events++;
    if (late) this.late++;
    return { kind: late ? 'late' : 'on_time', minute, stamp };
  }

  encode(to: ByteWriter): void {
    to.byte(clockStates.indexOf(this.state)).float(this.watermarkMs).int(this.position);
    to.int(this.events).int(this.late).int(this.duplicates).int(this.dead);
  }

  decode(from: ByteReader): void {
    this.state = clockStates[from.byte()] ?? 'never_seen';
    this.watermarkMs = from.float();
    this.position = from.int();
    this.events = from.int();
    this.late = from.int();
    this.duplicates = from.int();
    this.dead = from.int();
  }
}

const clockStates = ['never_seen', 'active', 'idle'] as const;
