import { existsSync } from 'node:fs';
import { checkPolicy, type Policy, type PolicyIssue } from '@seamwatch/contracts/policy.ts';
import { Command } from 'commander';
import { readContext, readPolicyText } from '../context.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { plural } from '../terminal/text.ts';

const usualFile = 'seamwatch.yaml';

export const checkCommand = new Command('check')
  .description('validate the policy file without starting anything')
  .argument('[file]', `default: SEAMWATCH_POLICY, else ${usualFile}`)
  .option('--json', 'print the result as JSON')
  .action((given: string | undefined, { json }: { json?: true }) => {
    const file = given ?? readContext('check').settings.SEAMWATCH_POLICY ?? usualFile;
    if (given === undefined && file === usualFile && !existsSync(file)) {
      if (json) printJson({ file: null, ok: true, errors: [], warnings: [] });
      else printLine(`there is no ${usualFile} and no SEAMWATCH_POLICY: the default policy holds`);
      return;
    }
    const source = readPolicyText(file);
    const { policy, issues } = checkPolicy(source);
    const warnings = policy ? warningsOf(policy, source) : [];
    if (json) printJson({ file, ok: policy !== undefined, errors: issues, warnings });
    else print(file, issues, warnings);
    if (!policy) process.exitCode = 1;
  });

function print(file: string, errors: readonly PolicyIssue[], warnings: readonly PolicyIssue[]): void {
  const lines = (kind: string, issues: readonly PolicyIssue[]) =>
    issues.map(({ line, path, message }) => `${file}:${line}  ${kind}  ${path || '(file)'}: ${message}`);
  for (const line of [...lines('error', errors), ...lines('warning', warnings)]) printLine(line);
  if (errors.length > 0) printLine(`SEAM_POLICY_INVALID: ${plural(errors.length, 'error')} in ${file}`);
  else
    printLine(`${file} is valid${warnings.length > 0 ? `, with ${plural(warnings.length, 'warning')}` : ''}`);
}

/** What is allowed and unwise. */
function warningsOf(policy: Policy, source: string): PolicyIssue[] {
  const primary = policy.success?.primary;
  if (primary !== 'claimed_resolution' && primary !== 'containment') return [];
  const line = source.split('\n').findIndex((text) => /^[^#]*\bprimary\s*:/.test(text)) + 1;
  const what =
    primary === 'containment'
      ? 'a customer who gave up is contained, too'
      : 'the handler says it, and the customer may come back all the same';
  return [
    {
      line: Math.max(1, line),
      path: 'success.primary',
      message: `${primary} can look well while customers leave: ${what}; durable_resolution, repeat_contact or nps tell it`,
    },
  ];
}
