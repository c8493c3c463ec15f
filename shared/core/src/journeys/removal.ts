import type { Changes } from './changes.ts';
import type { InteractionIndex } from './interaction-index.ts';
import type { Surveys } from './surveys.ts';

/** Takes an interaction and its surveys out of memory and changelog; what they counted stays. Its customer's list is the caller's. */
export function removeInteraction(
  row: number,
  { index, surveys, changes }: { index: InteractionIndex; surveys: Surveys; changes: Changes },
): void {
  for (let s = index.survey.get(row); s >= 0; ) {
    const next = surveys.at(s).next;
    changes.surveyGone(s);
    surveys.remove(s);
    s = next;
  }
  changes.interactionGone(row);
  index.remove(row);
}
