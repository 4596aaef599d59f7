/** `pullcheck demo --context NAME`: the person's own cluster behind the local Slack, and three locks that keep it read-only. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { createMemoryStores } from '../adapters/memory/stores.ts';
import { randomId, systemClock } from '../clock.ts';
import { type Config, loadConfig, processInput } from '../config/config.ts';
import type { ClusterWriter, WriteResult } from '../remediation/ports.ts';
import { type ClusterFlags, type Outside, openOutside } from '../wire/outside.ts';
import { startService } from '../wire/service.ts';
import { wireTelemetry } from '../wire/telemetry.ts';
import { BOT, CHANNEL } from './people.ts';
import type { SlackPlace } from './slack-place.ts';

export interface OwnClusterParts {
  readonly place: SlackPlace;
  readonly flags: ClusterFlags;
  /** An existing folder for the runbook without offers. */
  readonly folder: string;
}

export interface OwnCluster {
  /** The context that is looked at. */
  readonly cluster: string;
  readonly namespace: string;
  stop(): Promise<void>;
}

/** Throws ConfigError when no such context exists. */
export async function startOwnCluster({ place, flags, folder }: OwnClusterParts): Promise<OwnCluster> {
  const config = readOnlyConfig(folder);
  const telemetry = wireTelemetry(config);
  const register = (secret: string): void => telemetry.redactor.register(secret);
  const outside = readOnly(openOutside(config, flags, { clock: systemClock, register }));
  const stores = createMemoryStores(systemClock);
  const { connection, mode } = place.app(BOT, telemetry.log);
  try {
    const service = await startService({
      config,
      stores,
      outside,
      telemetry,
      clock: systemClock,
      newId: randomId,
      connection,
      slackMode: mode,
      webhooks: false,
      work: true,
    });
    return {
      cluster: outside.defaultCluster,
      namespace: outside.namespace,
      async stop() {
        await service.stop();
        await stores.close();
        await outside.close();
      },
    };
  } catch (error) {
    await outside.close();
    throw error;
  }
}

/** Second lock: whoever gets as far as a write is refused. */
export function readOnly(outside: Outside): Outside {
  const refuse = async (): Promise<WriteResult> => ({ kind: 'failed', reason: 'the demo only reads your cluster' });
  const writer: ClusterWriter = {
    restartWorkload: refuse,
    setImage: refuse,
    updateSecret: refuse,
    createSecret: refuse,
    deleteSecret: refuse,
    deletePod: refuse,
  };
  return { ...outside, credentialHosts: [], remedyPorts: (cluster) => ({ ...outside.remedyPorts(cluster), writer }) };
}

/** First lock: runbooks that offer nothing. Third: nobody may press. The person's registries and clusters stay as configured. */
function readOnlyConfig(folder: string): Config {
  const config = loadConfig(processInput('cli'));
  const shipped = fileURLToPath(new URL('../../deploy/runbooks/', import.meta.url));
  const runbooks = readdirSync(shipped).map((file) => {
    const { offer: _offered, ...runbook } = parse(readFileSync(join(shipped, file), 'utf8')) as Record<string, unknown>;
    const silent = join(folder, file);
    writeFileSync(silent, stringify(runbook));
    return silent;
  });
  const { pagerduty: _pager, ...rest } = config;
  return {
    ...rest,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    file: {
      ...config.file,
      slack: { channel: CHANNEL.id, routes: [], blocks: 'sections' },
      access: { read: [], press: { users: [], userGroups: [] }, production: [] },
      oncall: { users: [] },
      credentialSources: [],
      runbooks,
    },
  };
}
