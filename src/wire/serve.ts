/** `pullcheck serve` and `pullcheck worker`: the service over Redis, until a signal. */
import { createPagerDuty } from '../adapters/pager/pagerduty.ts';
import { connectRedis } from '../adapters/redis/connect.ts';
import type { SlackMode } from '../adapters/slack/app.ts';
import { randomId, systemClock } from '../clock.ts';
import { type Config, type ConfigNeed, loadConfig, processInput, type SlackSettings } from '../config/config.ts';
import { ConfigError, errorLine, type StoreError } from '../errors.ts';
import { openOutside } from './outside.ts';
import { patiently } from './patiently.ts';
import { type ServiceParts, startService } from './service.ts';
import { seldom, type Telemetry, wireTelemetry } from './telemetry.ts';

/** Sockets in one process: while Slack refreshes one, the other hears. */
const CONNECTIONS = 2;

/** Runs until SIGTERM or SIGINT. Throws ConfigError naming every problem before anything starts. */
export async function serve(options: {
  readonly noWorker: boolean;
  readonly insecureWebhooks: boolean;
}): Promise<void> {
  const config = loadConfig({ ...processInput('serve'), insecureWebhooks: options.insecureWebhooks });
  const { insecureWebhooks } = options;
  await run(config, 'serve', { work: !options.noWorker, webhooks: true, insecureWebhooks });
}

/** Workers only: jobs, escalations, remedies; the port answers health and metrics. */
export async function work(): Promise<void> {
  await run(loadConfig(processInput('worker')), 'worker', { work: true, webhooks: false });
}

async function run(
  config: Config,
  need: ConfigNeed,
  role: Pick<ServiceParts, 'work' | 'webhooks' | 'insecureWebhooks'>,
): Promise<void> {
  const { slack, redisUrl } = config;
  if (!slack || !redisUrl)
    throw new ConfigError({ code: 'config-invalid', message: 'Slack and Redis must be configured.' });
  const telemetry = wireTelemetry(config);
  crashThroughLog(telemetry);
  const outside = openOutside(
    config,
    {},
    {
      clock: systemClock,
      register: (secret) => telemetry.redactor.register(secret),
    },
  );
  const onError = seldom(systemClock, (error: StoreError) =>
    telemetry.log.warn('store connection lost or refused; tried again', { detail: errorLine(error) }),
  );
  const stores = await patiently(
    async () => connectRedis(redisUrl.reveal(), { onError }),
    systemClock,
    (reason) => telemetry.log.warn('store not there yet; trying again', { reason }),
  );
  const service = await startService({
    config,
    stores,
    outside,
    telemetry,
    clock: systemClock,
    newId: randomId,
    connection: {
      botToken: slack.botToken,
      log: telemetry.log,
      ...(slack.apiUrl ? { apiUrl: `${slack.apiUrl}/` } : {}),
    },
    ...(config.pagerduty ? { pager: createPagerDuty(config.pagerduty) } : {}),
    ...(need === 'serve' ? { slackMode: modeOf(slack) } : {}),
    ...role,
  });
  await untilStopped(telemetry);
  await service.stop();
  await stores.close();
  await outside.close();
  telemetry.log.info('stopped');
}

function modeOf(slack: SlackSettings): SlackMode {
  if (slack.appToken && slack.mode === 'socket')
    return { kind: 'socket', appToken: slack.appToken, connections: CONNECTIONS };
  if (slack.signingSecret) return { kind: 'http', signingSecret: slack.signingSecret };
  throw new ConfigError({ code: 'config-invalid', message: 'SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is not set.' });
}

/** A fault of the program ends the process, as it does by itself, but its words pass the masks: Node would print them as they are. */
function crashThroughLog({ log }: Telemetry): void {
  process.on('uncaughtException', (error) => {
    log.error('crashed', { error });
    process.exit(1);
  });
}

async function untilStopped(telemetry: Telemetry): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  telemetry.log.info('stopping', { signal });
}
