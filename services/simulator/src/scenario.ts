import { SeamError } from '@seamwatch/contracts/errors.ts';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import { type Scenario, scenarioSchema } from './scenario-schema.ts';

export type { Scenario, ScenarioInput } from './scenario-schema.ts';

/**
 * Reads a scenario: a value, or the text of a YAML or JSON file. What is absent takes its default; a scenario that
 * has been read once reads as itself. Throws `SEAM_CONFIG` with every issue at once.
 */
export function parseScenario(source: unknown): Scenario {
  const result = scenarioSchema.safeParse(typeof source === 'string' ? readYaml(source) : source);
  if (result.success) return result.data;
  const lines = result.error.issues
    .map(innermost)
    .map((i) => `  ${i.path.map(String).join('.') || '(file)'}: ${i.message}`);
  throw new SeamError('SEAM_CONFIG', `${lines.length} error(s) in the scenario\n${lines.join('\n')}`);
}

/** Of the forms that a value may have, the complaint of the one that it was meant to have. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().find((i) => i.code !== 'invalid_type' || i.path.length > 0);
  return inner ? innermost({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue) : issue;
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new SeamError('SEAM_CONFIG', `the scenario is not YAML: ${error.message}`, { cause: error });
  }
}
