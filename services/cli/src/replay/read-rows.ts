import { SeamError } from '@seamwatch/contracts/errors.ts';
import type { CsvOptions, Row } from '../mapping.ts';
import { parseRow, type RowForm } from './parse-row.ts';
import { isBlank, type Line, maxLineBytes, withoutReturn } from './read-lines.ts';

/** A row with its original bytes: its fields, or why it has none. */
export type RawRow = { line: number; bytes: Buffer } & ({ row: Row } | { bad: string });

/** Rows over more lines than this have a quote that was never closed. */
const maxRowLines = 1_000;

/**
 * Rows of a CSV or TSV file with a header line. A row that cannot be read is a value with its reason; only a file
 * without a usable header throws (`SEAM_CONFIG`).
 */
export async function* readRows(
  batches: AsyncIterable<Line[]>,
  options: { file: string; csv: CsvOptions; columns: readonly string[] },
): AsyncGenerator<RawRow[], void, undefined> {
  const rows = new RowAssembler(options);
  for await (const lines of batches) {
    const found = lines.flatMap((line) => rows.take(line));
    if (found.length > 0) yield found;
  }
  const rest = rows.end();
  if (rest.length > 0) yield rest;
}

/** Puts lines together to rows, and gives fields their names. */
class RowAssembler {
  readonly #options: { file: string; csv: CsvOptions; columns: readonly string[] };
  readonly #decoder: InstanceType<typeof TextDecoder>;
  #form: RowForm | undefined;
  #header: string[] | undefined;
  /** Lines of a row in which a quote is still open. */
  #open: Line[] = [];
  #openBytes = 0;

  constructor(options: { file: string; csv: CsvOptions; columns: readonly string[] }) {
    this.#options = options;
    this.#decoder = new TextDecoder(options.csv.encoding ?? 'utf-8', { fatal: true });
  }

  take(line: Line): RawRow[] {
    if (this.#open.length === 0) return this.#begin(line);
    this.#open.push(line);
    this.#openBytes += line.length;
    if (this.#open.length > maxRowLines || this.#openBytes > maxLineBytes) return this.#giveUp();
    const { quote } = this.#form!;
    // Without another quote in it, the line cannot end the row.
    if (quote !== null && !line.bytes.includes(quote)) return [];
    const row = this.#read(this.#open);
    if (row === undefined) return [];
    this.#open = [];
    return [row];
  }

  end(): RawRow[] {
    const rows: RawRow[] = [];
    while (this.#open.length > 0) rows.push(...this.#giveUp());
    if (this.#header === undefined) throw this.#refusal('is empty, where a header line is right');
    return rows;
  }

  #begin(line: Line): RawRow[] {
    if (isBlank(line.bytes)) return [];
    if (line.length > line.bytes.length) {
      return [{ line: line.number, bytes: line.bytes, bad: `a line of ${line.length} bytes` }];
    }
    if (this.#header === undefined) {
      this.#readHeader(line);
      return [];
    }
    const row = this.#read([line]);
    if (row !== undefined) return [row];
    this.#open = [line];
    this.#openBytes = line.length;
    return [];
  }

  /** The first open line is bad alone; those after it are read anew. */
  #giveUp(): RawRow[] {
    const [first, ...others] = this.#open;
    this.#open = [];
    const bad = {
      line: first!.number,
      bytes: withoutReturn(first!.bytes),
      bad: 'a quote that is never closed',
    };
    return [bad, ...others.flatMap((line) => this.take(line))];
  }

  /** Undefined while a quote is open. */
  #read(lines: readonly Line[]): RawRow | undefined {
    const line = lines[0]!.number;
    const bytes = withoutReturn(lines.length === 1 ? lines[0]!.bytes : joined(lines));
    let text: string;
    try {
      text = this.#decoder.decode(bytes);
    } catch {
      return { line, bytes, bad: `bytes that are not ${this.#decoder.encoding}` };
    }
    const fields = parseRow(text, this.#form!);
    if (fields === undefined) return undefined;
    const header = this.#header!;
    if (fields.length !== header.length) {
      return { line, bytes, bad: `${fields.length} fields, where the header has ${header.length}` };
    }
    const row: Record<string, string> = Object.create(null);
    for (const [i, name] of header.entries()) row[name] = fields[i]!;
    return { line, bytes, row };
  }

  #readHeader(line: Line): void {
    const { csv, columns } = this.#options;
    const text = this.#decoder.decode(withoutReturn(line.bytes));
    this.#form = {
      delimiter: csv.delimiter ?? likelyDelimiter(text),
      quote: csv.quote === undefined ? '"' : csv.quote,
    };
    const names = parseRow(text, this.#form);
    if (names === undefined) throw this.#refusal('has a header line with a quote that is never closed');
    const missing = columns.filter((column) => !names.includes(column));
    if (missing.length > 0) {
      throw this.#refusal(`lacks the column(s) ${missing.join(', ')}; its header has ${names.join(', ')}`);
    }
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw this.#refusal(`has the column "${twice}" twice`);
    this.#header = names;
  }

  #refusal(what: string): SeamError {
    return new SeamError('SEAM_CONFIG', `${this.#options.file} ${what}`);
  }
}

function joined(lines: readonly Line[]): Buffer {
  const lineFeed = Buffer.from('\n');
  return Buffer.concat(lines.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [lineFeed, bytes])));
}

function likelyDelimiter(header: string): string {
  const count = (delimiter: string) => header.split(delimiter).length;
  return [';', ','].reduce((best, other) => (count(other) > count(best) ? other : best), '\t');
}
