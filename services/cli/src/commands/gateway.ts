import { once } from 'node:events';
import { startGateway } from '@seamwatch/gateway/gateway.ts';
import { Command } from 'commander';
import { openLog, pageDir, readContext, readPolicy } from '../context.ts';
import { EventualLog } from '../roles/eventual-log.ts';
import { interruption } from '../roles/interruption.ts';
import { parsePort } from './parse-options.ts';

interface Options {
  host?: string;
  port?: number;
  simulated?: boolean;
}

export const gatewayCommand = new Command('gateway')
  .description('serve the page, HTTP and WebSocket')
  .option('--host <address>', 'address to bind, instead of SEAMWATCH_HOST')
  .option('--port <port>', 'port to listen on, instead of SEAMWATCH_PORT', parsePort)
  .option('--simulated', 'say on every page that the data are simulated')
  .action(async ({ host, port, simulated = false }: Options) => {
    const context = readContext('gateway', {
      ...(host !== undefined && { SEAMWATCH_HOST: host }),
      ...(port !== undefined && { SEAMWATCH_PORT: port }),
    });
    const { settings, logger } = context;
    const policy = readPolicy(settings);
    const signal = interruption();
    const log = new EventualLog(() => openLog(context), logger);
    try {
      const gateway = await startGateway({ log, settings, pageDir, policy, logger, simulated });
      if (!signal.aborted) await once(signal, 'abort');
      await gateway.close();
    } finally {
      await log.close();
    }
    logger.info({}, 'stopped');
  });
