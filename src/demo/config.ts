/** The demo's configuration, as a platform team would write it: pullcheck.yaml and a few variables, nothing of the person's own. */
import { PIPELINE } from '../adapters/simulator/scenarios/pipeline.ts';
import { type Config, loadConfig } from '../config/config.ts';
import type { Sealed } from '../sealed.ts';
import { ALICE, BOB, CHANNEL } from './people.ts';

export interface DemoConfigParts {
  readonly registryHost: string;
  readonly botCredential: Sealed;
  readonly newCredential: Sealed;
  readonly pagerUrl: string;
  readonly webhookToken: Sealed;
  readonly github: { readonly apiUrl: string };
  readonly githubToken: Sealed;
}

/** 32 characters, as PagerDuty's keys have. */
const ROUTING_KEY = 'demo0000000000000000000000000000';

export function demoConfig(parts: DemoConfigParts): Config {
  const { registryHost } = parts;
  const file = {
    slack: { channel: CHANNEL.id, blocks: 'sections' },
    access: { press: { users: [ALICE.id, BOB.id] }, production: ['prod'] },
    oncall: { users: [ALICE.id] },
    registries: [{ host: registryHost, plainHttp: true, credentials: { env: 'DEMO_BOT_CREDENTIAL' } }],
    sources: [{ image: `${registryHost}/${PIPELINE.repository}`, repository: PIPELINE.repository }],
    credentialSources: [{ registry: registryHost, from: { env: 'DEMO_NEW_CREDENTIAL' } }],
  };
  return loadConfig({
    need: 'cli',
    readFile: () => JSON.stringify(file),
    variables: {
      PULLCHECK_HOST: '127.0.0.1',
      PULLCHECK_PORT: '0',
      PULLCHECK_LOG_LEVEL: 'silent',
      PULLCHECK_WEBHOOK_TOKEN: parts.webhookToken.reveal(),
      GITHUB_API_URL: parts.github.apiUrl,
      GITHUB_TOKEN: parts.githubToken.reveal(),
      PAGERDUTY_ROUTING_KEY: ROUTING_KEY,
      PAGERDUTY_URL: parts.pagerUrl,
      DEMO_BOT_CREDENTIAL: parts.botCredential.reveal(),
      DEMO_NEW_CREDENTIAL: parts.newCredential.reveal(),
    },
  });
}
