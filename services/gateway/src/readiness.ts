import type { ReadyResponse } from '@seamwatch/contracts/http.ts';
import type { LogProbe } from './log-probe.ts';
import type { Problem } from './problem.ts';
import type { LogView } from './view/log-view.ts';

/** Why what the gateway shows cannot be trusted now; empty where all is well. */
export function problems(logView: LogView, probe: LogProbe): Problem[] {
  const failure = logView.failure ?? probe.failure;
  if (failure) return [failure];
  return logView.caughtUp ? [] : [{ code: 'SEAM_NOT_READY', text: 'the log is being read' }];
}

/** Before any input there is nothing that a job could have reported on, so that posting the first event is possible. */
export function readiness(logView: LogView, probe: LogProbe): ReadyResponse {
  const failure = logView.failure ?? probe.failure;
  const { progress } = logView.view;
  const check = (name: string, ok: boolean, good: string, bad: string) => ({
    name,
    ok,
    detail: ok ? good : bad,
  });
  const checks = [
    check('log', failure === null, 'reachable', failure ? `${failure.code}: ${failure.text}` : ''),
    check('view', logView.caughtUp, 'shows everything in the log', 'the log is being read'),
    check(
      'progress',
      progress !== null || !probe.hasInput,
      progress ? `the monitor stands at ${progress.asOf ?? 'its start'}` : 'no events yet',
      'there are events, but the monitor has not reported',
    ),
  ];
  return { ready: checks.every(({ ok }) => ok), checks };
}
