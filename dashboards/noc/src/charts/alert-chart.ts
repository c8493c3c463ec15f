import { html, LitElement, nothing } from 'lit';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { measureTitle } from '../model/board.ts';
import { type ChartModel, chartSummary } from './chart-model.ts';
import { paletteOf } from './palette.ts';
import { dailyPlot, weeklyPlot } from './plot-options.ts';

const dailyHeight = 12.5;
const weeklyHeight = 8;

/** The chart of an alert: the daily measure above, weekly NPS below, on the same days. Redrawn only when it must be. */
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
    if (model.days.x.length === 0)
      return html`<p class="empty">No closed day is known for this segment yet.</p>`;
    return html`<figure>
      <figcaption>
        <span class="key line">${measureTitle(model.measure)}, daily</span>
        <span class="key band">expected 95 % range</span>
      </figcaption>
      <div class="plot daily" role="img" aria-label=${chartSummary(model)}></div>
      <figcaption>
        <span class="key nps">NPS, weekly, 95 % interval</span> <span class="key rejects">lower than before</span>
        <span class="key base">baseline</span>
      </figcaption>
      ${
        model.weeks.x.length > 0
          ? html`<div class="plot weekly" role="img" aria-label="NPS of each week with its interval"></div>`
          : html`<p class="empty">No week with NPS answers is known for this segment.</p>`
      }
      ${model.days.low.some((v) => v !== null) ? nothing : html`<p class="empty">No baseline yet.</p>`}
    </figure>`;
  }

  protected override updated(): void {
    this.#plot();
  }

  #plot(): void {
    this.#clear();
    const { model } = this;
    const daily = this.querySelector<HTMLElement>('.daily');
    this.#width = this.clientWidth;
    if (!model || !daily || this.#width === 0) return;
    const palette = paletteOf(daily);
    const size = (height: number) => ({ width: this.#width, height: Math.round(height * palette.size) });
    this.#plots.push(new uPlot(...dailyPlot(model, palette, size(dailyHeight)), daily));
    const weekly = this.querySelector<HTMLElement>('.weekly');
    if (weekly) this.#plots.push(new uPlot(...weeklyPlot(model, palette, size(weeklyHeight)), weekly));
  }

  #clear(): void {
    for (const plot of this.#plots) plot.destroy();
    this.#plots = [];
  }
}

customElements.define('seam-alert-chart', AlertChart);
