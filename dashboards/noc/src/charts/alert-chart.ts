import { titleOf } from '@seamwatch/contracts/measures.ts';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type ChartModel, chartSummary, type DailyColumns } from './chart-model.ts';
import { paletteOf } from './palette.ts';
import { dailyPlot, weeklyPlot } from './plot-options.ts';

const firstHeight = 12.5;
const furtherHeight = 7;
const weeklyHeight = 8;

/** The chart of an alert: each daily measure above, weekly NPS below, on the same days. Redrawn only when it must be. */
class AlertChart extends LitElement {
  static override properties = { model: { attribute: false }, theme: { type: String } };

  declare model: ChartModel | undefined;
  declare theme: string;
  #plots: uPlot[] = [];
  #width = 0;
  readonly #resize = new ResizeObserver(() => {
    if (Math.abs(this.clientWidth - this.#width) > 1) this.#plot();
  });
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)');
  readonly #repaint = () => this.#plot();

  /** In the page's own tree, so that its style sheet holds here too. */
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
    this.#scheme.addEventListener('change', this.#repaint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#scheme.removeEventListener('change', this.#repaint);
    this.#clear();
  }

  protected override render() {
    const { model } = this;
    if (!model) return html`<p class="empty">The daily history is on its way.</p>`;
    if (!model.daily.some((columns) => columns.x.length > 0))
      return html`<p class="empty">No closed day is known for this segment yet.</p>`;
    return html`<figure>
      ${model.daily.map((columns, index) => daily(model, columns, index === 0))}
      <figcaption>
        <span class="key nps">NPS, weekly, 95 % interval</span> <span class="key rejects">lower than before</span>
        <span class="key base">baseline</span>
      </figcaption>
      ${
        model.weeks.x.length > 0
          ? html`<div class="plot weekly" role="img" aria-label="NPS of each week with its interval"></div>`
          : html`<p class="empty">No week with NPS answers is known for this segment.</p>`
      }
    </figure>`;
  }

  protected override updated(): void {
    this.#plot();
  }

  #plot(): void {
    this.#clear();
    const { model } = this;
    const daily = this.querySelectorAll<HTMLElement>('.daily');
    this.#width = this.clientWidth;
    if (!model || !daily[0] || this.#width === 0) return;
    const palette = paletteOf(daily[0]);
    const size = (height: number) => ({ width: this.#width, height: Math.round(height * palette.size) });
    model.daily.forEach((columns, index) => {
      const height = size(index === 0 ? firstHeight : furtherHeight);
      this.#plots.push(new uPlot(...dailyPlot(model, columns, palette, height, index === 0), daily[index]));
    });
    const weekly = this.querySelector<HTMLElement>('.weekly');
    if (weekly) this.#plots.push(new uPlot(...weeklyPlot(model, palette, size(weeklyHeight)), weekly));
  }

  #clear(): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
  }
}

function daily(model: ChartModel, columns: DailyColumns, first: boolean): TemplateResult {
  return html`<figcaption>
      <span class="key line">${titleOf(columns.measure)}, daily</span>
      ${first ? html`<span class="key band">expected 95 % range</span>` : nothing}
      ${columns.limit === null ? nothing : html`<span class="key limit">limit</span>`}
      ${columns.low.some((v) => v !== null) ? nothing : html`<span>no baseline yet</span>`}
    </figcaption>
    <div class="plot daily" role="img" aria-label=${chartSummary(model, columns)}></div>`;
}

customElements.define('seam-alert-chart', AlertChart);
