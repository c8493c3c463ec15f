import { describe, expect, it } from 'vitest';
import type { CsvOptions } from '../mapping.ts';
import { readLines } from './read-lines.ts';
import { type RawRow, readRows } from './read-rows.ts';

async function rowsOf(
  input: string | Buffer,
  { csv = {}, columns = [], chunk = 7 }: { csv?: CsvOptions; columns?: string[]; chunk?: number } = {},
): Promise<RawRow[]> {
  const bytes = Buffer.from(input as string);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const rows: RawRow[] = [];
  for await (const batch of readRows(readLines(chunks()), { file: 'calls.csv', csv, columns }))
    rows.push(...batch);
  return rows;
}

const fields = (rows: RawRow[]) => rows.map((row) => ('row' in row ? { ...row.row } : row.bad));

describe('rows of a file', () => {
  it('have their fields by the names of the header, whatever ends the lines', async () => {
    const rows = await rowsOf('\ufeffid,name\r\n1,a\r\n\r\n2,b');
    expect(fields(rows)).toEqual([
      { id: '1', name: 'a' },
      { id: '2', name: 'b' },
    ]);
    expect(rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('find out the delimiter from the header', async () => {
    expect(fields(await rowsOf('a\tb,c\n1\t2'))).toEqual([{ a: '1', 'b,c': '2' }]);
    expect(fields(await rowsOf('a;b\n1;2,5'))).toEqual([{ a: '1', b: '2,5' }]);
  });

  it('may go over several lines between quotes, and keep their bytes', async () => {
    const [row, next] = await rowsOf('a,b\r\n1,"x\r\n\r\ny"\r\n2,z\r\n');
    expect(row).toMatchObject({ line: 2, row: { a: '1', b: 'x\r\n\r\ny' } });
    expect(row?.bytes.toString()).toBe('1,"x\r\n\r\ny"');
    expect(next).toMatchObject({ line: 5, row: { a: '2', b: 'z' } });
  });

  it('are lost alone where a quote is never closed', async () => {
    const lines = ['a,b', '1,"x', ...Array.from({ length: 1_500 }, (_, i) => `${i},y`)];
    const rows = await rowsOf(lines.join('\n'), { chunk: 1_000 });
    expect(fields(rows.slice(0, 2))).toEqual(['a quote that is never closed', { a: '0', b: 'y' }]);
    expect(rows).toHaveLength(1_501);
  });

  it('say what is wrong with them', async () => {
    const latin = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xe9]), Buffer.from('\n1\n1,2,3\n')]);
    expect(fields(await rowsOf(latin))).toEqual([
      'bytes that are not utf-8',
      '1 fields, where the header has 2',
      '3 fields, where the header has 2',
    ]);
    expect(fields(await rowsOf(latin.subarray(0, 7), { csv: { encoding: 'latin1' } }))).toEqual([
      { a: '1', b: 'é' },
    ]);
  });

  it('are read in bounded memory where a line is endless', async () => {
    const long = `a,b\n${'x'.repeat(3 * 1024 * 1024)}\n1,2`;
    const rows = await rowsOf(long, { chunk: 64 * 1024 });
    expect(fields(rows)).toEqual(['a line of 3145728 bytes', { a: '1', b: '2' }]);
    expect(rows[0]!.bytes.length).toBe(1024 * 1024);
  });

  it.each([
    ['without a needed column', 'a,b\n1,2', 'lacks the column(s) c; its header has a, b'],
    ['with a column twice', 'a,c,a\n', 'has the column "a" twice'],
    ['that is empty', '', 'is empty'],
  ])('are refused in a file %s', async (_, text, message) => {
    await expect(rowsOf(text, { columns: ['c'] })).rejects.toMatchObject({
      code: 'SEAM_CONFIG',
      message: expect.stringContaining(message),
    });
  });
});
