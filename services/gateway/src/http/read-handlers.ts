import { asyncApiDocument } from '@seamwatch/contracts/asyncapi.ts';
import type { Overview, PolicyInfo, SeriesResponse } from '@seamwatch/contracts/http.ts';
import { openApiDocument } from '@seamwatch/contracts/openapi.ts';
import type { View } from '../view/view.ts';
import { HttpProblem, jsonAnswer } from './answer.ts';
import type { HandlersOf } from './router.ts';

export interface ReadOptions {
  view: () => View;
  policy: PolicyInfo;
  simulated: boolean;
}

type ReadOperation =
  | 'getOverview'
  | 'getSegments'
  | 'getSegment'
  | 'getSeries'
  | 'getDays'
  | 'getAlerts'
  | 'getAlert'
  | 'getSources'
  | 'getDeliveries'
  | 'getPolicy'
  | 'getOpenApi'
  | 'getAsyncApi';

/** Everything that is only read from the view. */
export function readHandlers({ view, policy, simulated }: ReadOptions): HandlersOf<ReadOperation> {
  const { name, timeZone, minimumN } = policy;
  const openApi = openApiDocument();
  const asyncApi = asyncApiDocument();
  const segmentOf = (id: string) => {
    const segment = view().segment(id);
    if (!segment) throw new HttpProblem(404, 'SEAM_NOT_FOUND', `there is no segment "${id}"`);
    return segment;
  };
  return {
    getOverview: () => {
      const v = view();
      const overview: Overview = {
        asOf: v.asOf,
        simulated,
        segments: v.segments(),
        rates: v.allRates(),
        openAlerts: v.alerts.open(),
      };
      return jsonAnswer(overview);
    },
    getSegments: () => jsonAnswer({ segments: view().segments() }),
    getSegment: ({ id }) => {
      const segment = segmentOf(id);
      const rates = view().rates(id);
      const { points = [], evidence = [], asOf = view().asOf } = rates ?? {};
      return jsonAnswer({ segment, asOf, points, evidence });
    },
    getSeries: ({ id, query: { measure, window, from, to } }) => {
      segmentOf(id);
      const fromMs = from === undefined ? 0 : Date.parse(from);
      const toMs = to === undefined ? Number.POSITIVE_INFINITY : Date.parse(to);
      const points = view().series(id)?.points(measure, window, fromMs, toMs) ?? [];
      const series: SeriesResponse = { segment: id, measure, window, points };
      return jsonAnswer(series);
    },
    getDays: ({ id, query: { measure } }) => {
      segmentOf(id);
      const days = view().days(id);
      return jsonAnswer({ segment: id, days: days?.days(id, measure) ?? [], weeks: days?.weeks() ?? [] });
    },
    getAlerts: ({ query: { status } }) => {
      const { alerts } = view();
      return jsonAnswer({ alerts: status === 'open' ? alerts.open() : alerts.newest() });
    },
    getAlert: ({ id }) => {
      const { alerts } = view();
      const alert = alerts.get(id);
      if (!alert) throw new HttpProblem(404, 'SEAM_NOT_FOUND', `there is no alert "${id}"`);
      return jsonAnswer({ alert, history: alerts.history(id) });
    },
    getSources: () => {
      const { asOf, progress } = view();
      return jsonAnswer({
        asOf,
        sources: progress?.sources ?? [],
        deadByReason: progress?.deadByReason ?? {},
      });
    },
    getDeliveries: () => jsonAnswer({ deliveries: view().deliveries }),
    getPolicy: () => jsonAnswer({ name, timeZone, minimumN }),
    getOpenApi: () => jsonAnswer(openApi),
    getAsyncApi: () => jsonAnswer(asyncApi),
  };
}
