const redrawMs = 100;
const cells = 24;
const clearLine = '\r\u001b[2K';

/** A bar on standard error while a terminal is attached to it; nothing otherwise. */
export class ProgressBar {
  readonly #stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'>;
  readonly #startedMs = performance.now();
  #drawnMs = Number.NEGATIVE_INFINITY;

  constructor(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write' | 'columns'> = process.stderr) {
    this.#stream = stream;
  }

  /** `share` 0 to 1, or undefined where the end is not known. */
  show(what: string, share: number | undefined, detail: string): void {
    if (!this.#stream.isTTY) return;
    const now = performance.now();
    if (now - this.#drawnMs < redrawMs) return;
    this.#drawnMs = now;
    const seconds = Math.round((now - this.#startedMs) / 1000);
    const bar =
      share === undefined ? '' : ` ${drawn(share)} ${String(Math.floor(share * 100)).padStart(3)} %`;
    const line = `${what}${bar}  ${detail}  ${seconds} s`;
    this.#stream.write(clearLine + line.slice(0, (this.#stream.columns ?? 80) - 1));
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write(clearLine);
  }
}

function drawn(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * cells);
  return `[${'#'.repeat(full)}${'.'.repeat(cells - full)}]`;
}
