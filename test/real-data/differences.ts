import type { Figures } from './figures.ts';

/** A measure in one window, as the product's HTTP answers have it. */
export interface Point {
  measure: string;
  window: string;
  value: number | null;
  n: number;
  parts?: Record<string, number>;
}

/** One figure on both sides. */
export interface Compared {
  figure: string;
  product: number | null | undefined;
  count: number | null;
  same: boolean;
}

/** Quantiles come from a sketch: within 1 % of the true one; waits up to 100 ms are zero. */
const sketchError = 0.01;
const sketchFloor = 100;

const isSame = (a: number | null | undefined, b: number | null): boolean =>
  a === b || (typeof a === 'number' && b !== null && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)));

const isNear = (a: number | null | undefined, b: number | null): boolean =>
  isSame(a, b) ||
  (typeof a === 'number' &&
    b !== null &&
    (Math.abs(a - b) <= sketchError * b + 1e-6 || (a === 0 && b <= sketchFloor)));

/** Compares the points of a segment in one window with the figures of the same slice. */
export function compare(points: readonly Point[], window: string, figures: Figures): Compared[] {
  const compared: Compared[] = [];
  const of = (measure: string) => points.find((p) => p.measure === measure && p.window === window);
  const add = (figure: string, product: number | null | undefined, count: number | null, same = isSame) =>
    compared.push({ figure, product, count, same: same(product, count) });

  const volume = of('volume');
  add('interactions', volume?.value ?? 0, figures.interactions);
  add('identified', volume?.parts?.identified ?? 0, figures.identified);
  const escalation = of('escalation_rate');
  if (escalation) {
    add('AI-started', escalation.n, figures.aiStarted);
    add('escalated', escalation.parts?.escalated ?? 0, figures.escalated);
    add('escalation rate', escalation.value, figures.escalationRate);
    for (const [cause, n] of Object.entries(figures.escalatedByCause)) {
      add(`escalated, ${cause}`, escalation.parts?.[cause] ?? 0, n);
    }
  }
  const abandonment = of('seam_abandonment');
  if (abandonment) {
    add('escalated (at the seam)', abandonment.n, figures.escalated);
    add('seam abandonments', abandonment.parts?.abandoned ?? 0, figures.seamAbandonments);
    add('seam abandonment', abandonment.value, figures.seamAbandonmentRate);
    add('handoff loops', of('handoff_loops')?.parts?.loops ?? 0, figures.loops);
  }
  for (const q of ['p50', 'p90', 'p99'] as const) {
    const wait = of(`seam_wait_${q}`);
    if (!wait) continue;
    if (q === 'p50') add('seam waits', wait.n, figures.seamWait.n);
    add(`seam wait ${q}, ms`, wait.value, figures.seamWait[q], isNear);
  }
  const repeat = of('repeat_contact');
  add('repeat contact', repeat?.value ?? null, figures.repeat.rate);
  for (const [age, n] of figures.repeat.atRisk.entries()) {
    // Without anybody at risk on the first day there is no rate, and its parts are left out.
    if (age > 0 && !repeat?.parts) break;
    add(`at risk, day ${age}`, repeat?.parts?.[`at_risk_${age}`] ?? 0, n);
    add(`repeats, day ${age}`, repeat?.parts?.[`events_${age}`] ?? 0, figures.repeat.events[age]!);
  }
  const claimed = of('claimed_resolution');
  add('claimed resolution, n', claimed?.n ?? 0, figures.claimed.n);
  add('claimed resolution', claimed?.value ?? null, figures.claimed.share);
  for (const instrument of ['csat', 'ces', 'nps'] as const) {
    const point = of(instrument);
    add(`${instrument}, n`, point?.n ?? 0, figures[instrument].n);
    add(instrument, point?.value ?? null, figures[instrument].value);
  }
  return compared;
}
