import type { ErrorCode } from '@seamwatch/contracts/errors.ts';
import type { HelloFrame, ServerFrame, SnapshotFrame } from '@seamwatch/contracts/frames.ts';
import type { AlertRecord } from '@seamwatch/contracts/records.ts';
import type { View } from '../view/view.ts';
import { type WireFrame, wireFrame } from './wire-frame.ts';

/** A frame that is shared by every client that gets it. */
export const encode = (frame: ServerFrame): WireFrame => wireFrame(JSON.stringify(frame));

export const byeText = (code: ErrorCode, why: string): string =>
  JSON.stringify({ type: 'bye', code, why } satisfies ServerFrame);

export function helloFrame(
  view: View,
  about: Pick<HelloFrame, 'now' | 'simulated' | 'minimumN' | 'timeZone'>,
): WireFrame {
  const { firstSeq, lastSeq } = view.alerts;
  return encode({ type: 'hello', asOf: view.asOf, firstSeq, lastSeq, ...about });
}

/** The whole picture; with `wanted`, of these segments only. Alerts are never left out. */
export function snapshotFrame(view: View, wanted: ReadonlySet<string> | null): WireFrame {
  const has = (segment: string) => wanted === null || wanted.has(segment);
  const frame: SnapshotFrame = {
    type: 'snapshot',
    asOf: view.asOf,
    segments: view.segments().filter((s) => has(s.id)),
    rates: view.allRates().filter((r) => has(r.segment)),
    weeks: view.weeks().filter((w) => has(w.segment)),
    alerts: view.alerts.newest(),
  };
  return encode(frame);
}

/** A rates frame of records that are JSON already. */
export const ratesFrame = (records: readonly string[]): WireFrame =>
  wireFrame(`{"type":"rates","rates":[${records.join(',')}]}`);

const alertFrames = new WeakMap<AlertRecord, WireFrame>();

/** Made once for each change of an alert: a thousand clients may ask for the same thousand. */
export function alertFrame(alert: AlertRecord): WireFrame {
  let frame = alertFrames.get(alert);
  if (!frame) {
    frame = encode({ type: 'alert', alert });
    alertFrames.set(alert, frame);
  }
  return frame;
}
