import { growth, levelsOf, type Role, type Sample, settledMinutes } from '../memory/samples.ts';
import { digits, within } from '../ratio.ts';
import { ink, line, picture, polyline, scale, text } from './drawing.ts';
import { origins, type Saved, type SavedSoak } from './saved.ts';

const [width, height] = [790, 470];
const [left, right] = [70, 570];
const panels = { monitor: { top: 66, bottom: 236 }, gateway: { top: 270, bottom: 392 } };
const colours = { monitor: '#1f77b4', gateway: '#2ca02c', bound: '#c8401a' };
const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120];

/** Memory of both processes against minutes, each on a scale of its own from zero. Nothing where no soak is saved. */
export function soakFigure({ soak }: Saved): string | undefined {
  const samples = soak === undefined ? [] : samplesOf(soak);
  const last = samples.at(-1);
  if (soak === undefined || last === undefined) return undefined;

  const step = minuteSteps.find((minutes) => last.minute / minutes <= 8) ?? 240;
  const minutes = multiples(step, last.minute);
  const xAt = scale([0, minutes.at(-1)!], [left, right]);
  const { bottom } = panels.gateway;
  const said = [`${digits(last.events)} events at full rate`, ...origins([soak])].join('. ');
  return picture({ width, height, title: 'Memory at full rate', left }, [
    ...minutes.map(
      (t) =>
        Object.values(panels)
          .map((panel) => line(xAt(t), panel.top, xAt(t), panel.bottom, ink.grid))
          .join('') + text(xAt(t), bottom + 18, String(t), ink.soft, 'middle'),
    ),
    text((left + right) / 2, bottom + 38, 'minutes', ink.soft, 'middle'),
    ...panel('monitor', samples, xAt),
    ...panel('gateway', samples, xAt),
    text(left, height - 14, said, ink.soft, 'start', 'font-size="11"'),
  ]);
}

function panel(role: Role, samples: readonly Sample[], xAt: (minute: number) => number): string[] {
  const { top, bottom } = panels[role];
  const { settled, end } = levelsOf(role, samples);
  const bound = settled * growth.max;
  const most = Math.max(...samples.map((sample) => sample[role]), Number.isFinite(bound) ? bound : 0);
  const ticks = multiples(roundStep(most / 4), most);
  const yAt = scale([0, ticks.at(-1)!], [bottom, top]);
  const points = samples.map((sample) => [xAt(sample.minute), yAt(sample[role])] as const);
  return [
    text(left, top - 8, `${role}, MiB resident`, ink.text, 'start', 'font-size="13"'),
    ...ticks.map(
      (t) =>
        line(left, yAt(t), right, yAt(t), ink.grid) +
        text(left - 8, yAt(t) + 4, t.toLocaleString('en'), ink.soft, 'end'),
    ),
    ...(Number.isFinite(settled) ? levels() : []),
    polyline(points, colours[role]),
  ];

  function levels(): string[] {
    const [yBound, ySettled] = [yAt(bound), yAt(settled)];
    const met = within(end / settled, growth);
    const about = `at the end ${digits(end)}: ${digits(end / settled)} of it, ${met ? 'met' : 'missed'}`;
    return [
      line(xAt(settledMinutes), top, xAt(settledMinutes), bottom, ink.faint, 'stroke-dasharray="2 3"'),
      line(
        xAt(settledMinutes),
        yBound,
        right,
        yBound,
        colours.bound,
        'stroke-width="1.5" stroke-dasharray="6 4"',
      ),
      line(left, ySettled, right, ySettled, ink.faint, 'stroke-dasharray="2 3"'),
      text(
        right + 8,
        Math.min(yBound + 4, ySettled - 12),
        `bound ${digits(bound)}: ${digits(growth.max)} of it`,
        colours.bound,
      ),
      text(right + 8, ySettled + 4, `after ${settledMinutes} minutes ${digits(settled)}`, ink.soft),
      text(right + 8, ySettled + 20, about, met ? ink.soft : colours.bound),
    ];
  }
}

function samplesOf({ minute, events, monitor, gateway }: SavedSoak): Sample[] {
  return minute.map((at, i) => ({
    minute: at,
    events: events[i]!,
    monitor: monitor[i]!,
    gateway: gateway[i]!,
  }));
}

/** From zero to the first that is not below `most`. */
const multiples = (step: number, most: number): number[] =>
  Array.from({ length: Math.ceil(most / step) + 1 }, (_, i) => i * step);

/** 1, 2 or 5 times a power of ten, at least `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least)!;
}
