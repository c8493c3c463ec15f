const names: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' };
const colours: Record<string, string> = { debug: '2', info: '36', warn: '33', error: '31' };
const hidden = new Set(['level', 'time', 'msg', 'service']);

/** A destination for pino that turns its JSON lines into `07:02:47 warn  the log is away  code=SEAM_…`. */
export function prettyLines(write: (text: string) => void): { write(line: string): void } {
  return {
    write(line) {
      const entry = JSON.parse(line) as Record<string, unknown>;
      const level = names[entry.level as number] ?? String(entry.level);
      const time = String(entry.time).slice(11, 19);
      const fields = Object.entries(entry)
        .filter(([name]) => !hidden.has(name))
        .map(([name, value]) => `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      write(
        `${time} \u001b[${colours[level] ?? '0'}m${level.padEnd(5)}\u001b[0m ${entry.msg ?? ''}${fields.join('')}\n`,
      );
    },
  };
}
