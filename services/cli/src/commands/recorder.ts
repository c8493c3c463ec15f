import { startRecorder } from '@seamwatch/recorder/recorder.ts';
import { Command } from 'commander';
import { influxOf, readContext } from '../context.ts';
import { runRole } from '../roles/run-role.ts';
import { parsePort } from './parse-options.ts';

export const recorderCommand = new Command('recorder')
  .description('write rates, evidence and alerts to InfluxDB')
  .option('--health-port <port>', 'serve /healthz and /readyz there', parsePort)
  .action(async ({ healthPort }: { healthPort?: number }) => {
    const context = readContext('recorder');
    const influx = influxOf(context.settings);
    await runRole({
      context,
      healthPort,
      run: (log, signal) => startRecorder({ log, influx, logger: context.logger, signal }).done,
    });
  });
