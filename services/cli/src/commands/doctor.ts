import { Command } from 'commander';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { printJson, printLine } from '../terminal/print.ts';
import { plural } from '../terminal/text.ts';

export const doctorCommand = new Command('doctor')
  .description(
    'say in plain words what of settings, Kafka, InfluxDB, policy and clock is wrong, and what to do',
  )
  .option('--json', 'print the findings as JSON')
  .addHelpText('after', '\nLooks only, and changes nothing. Exit code 1 where something is wrong.')
  .action(async ({ json }: { json?: true }) => {
    const findings = await examine();
    const isWrong = findings.some(({ state }) => state === 'wrong');
    if (json) printJson({ ok: !isWrong, findings });
    else print(findings);
    if (isWrong) process.exitCode = 1;
  });

const marks = { ok: 'ok     ', warning: 'warning', wrong: 'WRONG  ' } as const;

function print(findings: readonly Finding[]): void {
  for (const { about, state, found, todo } of findings) {
    printLine(`${marks[state]}  ${about.padEnd(8)}  ${found.replaceAll('\n', '\n                     ')}`);
    if (todo !== undefined) printLine(`                     → ${todo}`);
  }
  const number = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const [bad, odd] = [number('wrong'), number('warning')];
  printLine(bad + odd === 0 ? '\nall is well' : `\n${bad} wrong, ${plural(odd, 'warning')}`);
}
