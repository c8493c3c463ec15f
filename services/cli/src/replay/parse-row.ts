/** How the fields of a row are told apart. */
export interface RowForm {
  delimiter: string;
  /** Null: quotes are ordinary characters. */
  quote: string | null;
}

/**
 * Fields of one row, as RFC 4180 has it: a field that begins with a quote may hold delimiters, line ends and doubled
 * quotes; a quote elsewhere is an ordinary character. Undefined where a quote is still open at the end of the text.
 */
export function parseRow(text: string, { delimiter, quote }: RowForm): string[] | undefined {
  if (quote === null || !text.includes(quote)) return text.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; ) {
    let field = '';
    if (text.startsWith(quote, at)) {
      const end = closingQuote(text, at + 1, quote);
      if (end < 0) return undefined;
      field = text.slice(at + 1, end).replaceAll(quote + quote, quote);
      at = end + 1;
    }
    const next = text.indexOf(delimiter, at);
    fields.push(field + (next < 0 ? text.slice(at) : text.slice(at, next)));
    if (next < 0) return fields;
    at = next + delimiter.length;
  }
}

function closingQuote(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text[at + 1] !== quote) return at;
  }
  return -1;
}
