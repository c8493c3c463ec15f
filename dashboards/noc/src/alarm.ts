import { keepChoice, readChoice } from './settings.ts';

const repeatMs = 15_000;
/** An alarm that nobody hears in this time is left to the on-call tools. */
const giveUpMs = 10 * 60_000;

/** The sound of new critical alerts: rings until each is seen, resolved, or all sound is muted. */
export class Alarm {
  muted: boolean;
  /** The browser lets nothing sound before somebody has clicked on the page. */
  blocked = false;
  readonly #onChange: () => void;
  /** Alert ids, each with the clock time in ms at which it began to ring. */
  readonly #ringing = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #audio: AudioContext | undefined;

  /** Without `muted` the last choice made in this browser holds. */
  constructor(muted: boolean | undefined, onChange: () => void) {
    this.#onChange = onChange;
    this.muted = muted ?? readChoice('sound', ['on', 'off']) === 'off';
  }

  isRinging(alertId: string): boolean {
    return this.#ringing.has(alertId);
  }

  ring(alertId: string): void {
    if (this.muted) return;
    this.#ringing.set(alertId, Date.now());
    void this.#play();
    this.#timer ??= setInterval(() => this.#again(), repeatMs);
    this.#onChange();
  }

  silence(alertId: string): void {
    if (!this.#ringing.delete(alertId)) return;
    if (this.#ringing.size === 0) this.#stop();
    this.#onChange();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    keepChoice('sound', muted ? 'off' : 'on');
    if (muted) {
      this.#ringing.clear();
      this.#stop();
    }
    this.#onChange();
  }

  /** Sounds once, muted or not; a click on its button also unblocks the sound. */
  async test(): Promise<void> {
    await this.#play();
  }

  #again(): void {
    for (const [id, since] of this.#ringing) if (Date.now() - since >= giveUpMs) this.silence(id);
    if (this.#ringing.size > 0) void this.#play();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #play(): Promise<void> {
    try {
      this.#audio ??= new AudioContext();
      const { state } = this.#audio;
      if (state === 'suspended') await Promise.race([this.#audio.resume(), pause(300)]);
      this.#setBlocked(this.#audio.state !== 'running');
      if (this.blocked) return;
      chime(this.#audio);
    } catch {
      this.#setBlocked(true);
    }
  }

  #setBlocked(blocked: boolean): void {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.#onChange();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Three falling pairs of tones. */
function chime(audio: AudioContext): void {
  const start = audio.currentTime + 0.02;
  for (let i = 0; i < 6; i++) {
    const at = start + i * 0.18 + Math.floor(i / 2) * 0.12;
    const tone = audio.createOscillator();
    const gain = audio.createGain();
    tone.frequency.value = i % 2 === 0 ? 880 : 660;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.25, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, at + 0.17);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.18);
  }
}
