/** One line, or several, of a command's result. */
export const printLine = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** A command's result for programs, alone on standard output. */
export const printJson = (value: unknown): void => printLine(JSON.stringify(value, null, 2));
