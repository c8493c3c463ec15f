import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { policySchema } from '@seamwatch/contracts/policy.ts';
import * as flux from './flux.ts';
import { datasource, FluxTarget } from './influx-target.ts';
import {
  pathTitles,
  stat,
  table,
  timeSeries,
  withEvidenceLevels,
  withInterval,
  withPaths,
} from './panels.ts';
import { variables } from './variables.ts';

const withBaseline = ['value', 'lower', 'upper', 'baseline'] as const;
const ofSegment = '$segment, $window';

/** Days of evidence at which the default false-alarm budget warns; it is critical at ten times, worth watching at a tenth. */
const warningDays = 30 / policySchema.parse({ version: 1 }).falseAlarms.per30Days;

/** The dashboard "Seam overview". */
export function seamOverview(): Dashboard {
  return new DashboardBuilder('Seam overview')
    .uid('seamwatch-overview')
    .description(
      'The seam between AI-handled and human-handled service: outcomes, evidence of decline, alerts.',
    )
    .tags(['seamwatch'])
    .timezone('browser')
    .time({ from: 'now-7d', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables(variables)
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(datasource)
        .enable(true)
        .iconColor('red')
        .target(new FluxTarget(flux.alertAnnotations, 'alerts')),
    )

    .withRow(new RowBuilder(`The seam: ${ofSegment}`))
    .withPanel(
      withInterval(
        timeSeries(
          'Escalation rate',
          'Share of AI-started interactions that were handed off, with its 95 % interval and what the quiet past lets expect at this case mix.',
          flux.rates({ measures: ['escalation_rate'], fields: withBaseline }),
        ),
      )
        .unit('percentunit')
        .span(12)
        .height(8),
    )
    .withPanel(
      withInterval(
        timeSeries(
          'Volume',
          'Interactions in the window, beside what is expected for this hour of the week. A fall may be missing data.',
          flux.rates({ measures: ['volume'], fields: withBaseline }),
        ),
      )
        .unit('short')
        .min(0)
        .span(12)
        .height(8),
    )
    .withPanel(
      withInterval(
        timeSeries(
          'Seam abandonment',
          'Share of escalated interactions in which the customer left before a human answered, with its 95 % interval.',
          flux.rates({ measures: ['seam_abandonment'], fields: withBaseline }),
        ),
      )
        .unit('percentunit')
        .span(12)
        .height(8),
    )
    .withPanel(
      timeSeries(
        'Seam wait',
        "Time from the handoff to the human's first answer: half, nine of ten, ninety-nine of a hundred customers wait no longer.",
        flux.rates({
          measures: ['seam_wait_p50', 'seam_wait_p90', 'seam_wait_p99'],
          fields: ['value'],
          name: 'if r.measure == "seam_wait_p50" then "p50" else if r.measure == "seam_wait_p90" then "p90" else "p99"',
        }),
      )
        .unit('ms')
        .min(0)
        .span(12)
        .height(8),
    )

    .withRow(new RowBuilder('Outcomes by path, with 95 % intervals: $window'))
    .withPanel(
      withPaths(
        timeSeries(
          '7-day repeat contact by path',
          'Chance that a customer comes back within seven days of a close. Days still to come are not counted as no repeat.',
          flux.ratesByPath('repeat_contact', pathTitles),
        ),
      )
        .unit('percentunit')
        .span(12)
        .height(8),
    )
    .withPanel(
      timeSeries(
        'Claimed and durable resolution: $segment',
        'What handlers marked as resolved, and what stayed resolved for seven days. The distance is the resolution gap.',
        flux.rates({
          measures: ['claimed_resolution', 'durable_resolution'],
          fields: ['value'],
          name: 'if r.measure == "claimed_resolution" then "claimed" else "durable"',
        }),
      )
        .unit('percentunit')
        .span(12)
        .height(8),
    )
    .withPanel(
      withPaths(
        timeSeries(
          'CSAT by path',
          'Mean of the answers from 1 to 5. No answer counts as no answer.',
          flux.ratesByPath('csat', pathTitles),
        ),
      )
        .decimals(2)
        .span(12)
        .height(8),
    )
    .withPanel(
      withPaths(
        timeSeries(
          'NPS by path',
          'Promoters minus detractors, from −100 to 100. It lags: the evidence below does not wait for it.',
          flux.ratesByPath('nps', pathTitles),
        ),
      )
        .decimals(0)
        .span(12)
        .height(8),
    )

    .withRow(new RowBuilder('Evidence of decline'))
    .withPanel(
      withEvidenceLevels(
        timeSeries(
          'Evidence: $segment',
          `Across everything watched, chance alone gives this at most once in so many days. The thick line is all signals of the segment put together: small declines of several show there first. The dashed lines are the levels of a budget of ${30 / warningDays} false alarms in 30 days: watch, warning, critical.`,
          flux.evidence,
        ),
        { watch: warningDays / 10, warning: warningDays, critical: 10 * warningDays },
      )
        .overrideByName(flux.together, [{ id: 'custom.lineWidth', value: 3 }])
        .unit('d')
        .span(10)
        .height(10),
    )
    .withPanel(
      table(
        'Alerts',
        'How each alert of the time range stands; the sentence says what has changed, since when, and by how much. An alert of the measure composite has a value for each of its signals, in its sentence.',
        flux.alerts,
      )
        .overrideByName('_time', [{ id: 'displayName', value: 'at' }])
        .overrideByName('title', [{ id: 'custom.width', value: 420 }])
        .span(14)
        .height(10),
    )

    .withRow(new RowBuilder('One measure in depth: $measure'))
    .withPanel(
      withInterval(
        timeSeries(
          `$measure: ${ofSegment}`,
          'Any measure, with its 95 % interval and its baseline. Shares run from 0 to 1.',
          flux.rates({ measures: [flux.chosen.measure], fields: withBaseline }),
        ),
      )
        .span(12)
        .height(8),
    )
    .withPanel(
      timeSeries(
        `n behind $measure: ${ofSegment}`,
        'How many answers, interactions or customers at risk the figure rests on. Under the minimum of the policy it says nothing.',
        flux.rates({ measures: [flux.chosen.measure], fields: ['n'] }),
      )
        .unit('short')
        .min(0)
        .span(12)
        .height(8),
    )
    .withPanel(
      withInterval(
        timeSeries(
          '$measure by day: $segment',
          'Local days of the last 400 days, from the bucket of daily values.',
          flux.rates({
            measures: [flux.chosen.measure],
            fields: withBaseline,
            window: '1d',
            bucket: flux.buckets.daily,
          }),
        ),
      )
        .timeFrom('400d')
        .insertNulls(false)
        .span(12)
        .height(8),
    )
    .withPanel(
      withInterval(
        timeSeries(
          'NPS by week: $segment',
          'The lagging reference: NPS of each ISO week against the frozen baseline of the 13 weeks before it.',
          flux.rates({ measures: ['nps'], fields: withBaseline, window: '1w', bucket: flux.buckets.daily }),
        ),
      )
        .timeFrom('400d')
        .insertNulls(false)
        .decimals(0)
        .span(12)
        .height(8),
    )

    .withRow(new RowBuilder('Pipeline'))
    .withPanel(
      timeSeries(
        'Events',
        'Events that came in, came late (they still correct the figures), and went to the dead letters, per interval.',
        flux.intake,
      )
        .unit('short')
        .min(0)
        .span(10)
        .height(7),
    )
    .withPanel(
      timeSeries(
        'Lag',
        'How far the watermark of the slowest source lies behind the clock. Idle sources do not count.',
        flux.lag,
      )
        .unit('ms')
        .min(0)
        .span(10)
        .height(7),
    )
    .withPanel(
      stat('Data as of', 'The watermark: everything before it is counted.', flux.asOf)
        .unit('dateTimeAsIso')
        .span(4)
        .height(7),
    )
    .build();
}
