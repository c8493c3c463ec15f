/**
 * Compares what a running gateway shows with the independent count of the file that it was fed, and prints a table of
 * the differences. Exit code 1 where there are any.
 *
 *   node test/real-data/compare.ts FILE [--bank] [--url http://127.0.0.1:8787] [--window 28d] [--all]
 *
 * The monitor must have taken in all of the file and be at rest. Segments by tier, emotion or model version are passed
 * over: the count knows no policy. SEAMWATCH_VIEW_TOKEN is used where the gateway wants one.
 */
import { parseArgs } from 'node:util';
import { readInput } from './count.ts';
import { type Compared, compare, type Point } from './differences.ts';
import { attributes, Count, type Where } from './figures.ts';
import type { Input } from './interactions.ts';

export interface SegmentComparison {
  segment: string;
  compared: Compared[];
}

export interface Comparison {
  asOf: string;
  segments: SegmentComparison[];
  /** Segments that the count cannot slice. */
  passedOver: string[];
}

/** Fetches every segment of a gateway and compares it with the count of `input`. */
export async function compareWith(url: string, input: Input, window: string): Promise<Comparison> {
  const token = process.env.SEAMWATCH_VIEW_TOKEN;
  const get = async <T>(path: string): Promise<T> => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await fetch(new URL(path, url), { headers });
    if (!response.ok) throw new Error(`${response.url} answers ${response.status}`);
    return (await response.json()) as T;
  };
  const { asOf } = await get<{ asOf: string | null }>('/v1/sources');
  if (asOf === null) throw new Error(`${url} shows nothing yet`);
  const count = new Count(input, Date.parse(asOf), window);
  const { segments } = await get<{ segments: { id: string; where: Record<string, string[]> }[] }>(
    '/v1/segments',
  );
  const comparison: Comparison = { asOf, segments: [], passedOver: [] };
  for (const { id, where } of segments) {
    if (!Object.keys(where).every((name) => (attributes as readonly string[]).includes(name))) {
      comparison.passedOver.push(id);
      continue;
    }
    const { points } = await get<{ points: Point[] }>(`/v1/segments/${encodeURIComponent(id)}`);
    comparison.segments.push({
      segment: id,
      compared: compare(points, window, count.figures(where as Where)),
    });
  }
  return comparison;
}

function print({ asOf, segments, passedOver }: Comparison, window: string, all: boolean): number {
  const rows = segments.flatMap(({ segment, compared }) => compared.map((one) => ({ segment, ...one })));
  const different = rows.filter(({ same }) => !same);
  console.log(`window ${window}, as of ${asOf}: ${segments.length} segments, ${rows.length} figures`);
  const shown = all ? rows : different;
  if (shown.length > 0) console.table(shown);
  if (passedOver.length > 0) console.log(`passed over: ${passedOver.join(', ')}`);
  console.log(different.length === 0 ? 'no difference' : `${different.length} differences`);
  return different.length;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bank: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://127.0.0.1:8787' },
      window: { type: 'string', default: '28d' },
      all: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (file === undefined) throw new Error('name the file that was replayed');
  const comparison = await compareWith(values.url, await readInput(file, values.bank), values.window);
  process.exitCode = print(comparison, values.window, values.all) === 0 ? 0 : 1;
}
