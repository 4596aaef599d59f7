/** The configuration, read once at start: environment + pullcheck.yaml -> plain values, or every problem together. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, codeOf, errorLine } from '../errors.ts';
import type { Sealed } from '../sealed.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { ConfigFile, parseConfigFile } from './file.ts';
import { type GithubSettings, githubSettings } from './github.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface SlackSettings {
  readonly mode: 'socket' | 'http';
  readonly botToken: Sealed;
  /** Socket Mode only. */
  readonly appToken?: Sealed;
  /** HTTP only. */
  readonly signingSecret?: Sealed;
  readonly apiUrl?: string;
}

export interface Config {
  readonly file: ConfigFile;
  readonly slack?: SlackSettings;
  /** May hold a password. */
  readonly redisUrl?: Sealed;
  readonly kubeconfig?: string;
  readonly pagerduty?: { readonly routingKey: Sealed; readonly url: string };
  /** Absent: builds are not looked at. */
  readonly github?: GithubSettings;
  readonly webhookToken?: Sealed;
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Another variable of the environment, for `credentialSources: from: { env }` and `registries: credentials: { env }`. */
  readonly variable: (name: string) => string | undefined;
}

/** What a command needs: `cli` nothing, `worker` Redis and the bot token (it posts), `serve` also what receives. */
export type ConfigNeed = 'cli' | 'worker' | 'serve';

export interface ConfigInput {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly need: ConfigNeed;
  /** `--insecure-webhooks`: allowed on a loopback address only. */
  readonly insecureWebhooks?: boolean;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

/** Throws ConfigError naming every problem found, one a line. */
export function loadConfig(input: ConfigInput): Config {
  const environment = readEnvironment(input.variables, input.readFile);
  const problems = [...environment.problems];
  const file = readConfigFile(environment, input.readFile, problems);
  const config = compose(environment, file, input, problems);
  if (problems.length > 0) {
    throw new ConfigError({
      code: 'config-invalid',
      message: `The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      hint: 'docs/configuration.md lists every variable and key with its default.',
    });
  }
  return config;
}

/** The process's own environment and files. The only place that reads `process.env`. */
export function processInput(need: ConfigNeed): ConfigInput {
  return { variables: process.env, readFile: (path) => readFileSync(path, 'utf8'), need };
}

function readConfigFile(environment: Environment, readFile: ConfigInput['readFile'], problems: string[]): ConfigFile {
  const named = environment.plain('PULLCHECK_CONFIG');
  const empty = ConfigFile.parse({});
  let text: string;
  try {
    text = readFile(resolve(named ?? 'pullcheck.yaml'));
  } catch (error) {
    // One that is there and cannot be read is not as good as none: its limits on who may do what would be gone.
    if (named) problems.push(`PULLCHECK_CONFIG names ${named}, which cannot be read`);
    else if (codeOf(error) !== 'ENOENT')
      problems.push(`pullcheck.yaml is there and cannot be read: ${errorLine(error)}`);
    return empty;
  }
  const parsed = parseConfigFile(text, named ?? 'pullcheck.yaml');
  if ('value' in parsed) return parsed.value;
  problems.push(...parsed.problems);
  return empty;
}

function compose(environment: Environment, file: ConfigFile, input: ConfigInput, problems: string[]): Config {
  const host = environment.plain('PULLCHECK_HOST') ?? '0.0.0.0';
  const redisUrl = environment.secret('REDIS_URL');
  const routingKey = environment.secret('PAGERDUTY_ROUTING_KEY');
  const webhookToken = environment.secret('PULLCHECK_WEBHOOK_TOKEN');
  const kubeconfig = environment.plain('KUBECONFIG');
  const github = githubSettings(environment, url(environment, 'GITHUB_API_URL', problems), problems);
  if (input.need !== 'cli' && !redisUrl) {
    problems.push(
      'REDIS_URL is not set: the bot keeps its incidents in Redis (redis://host:6379); to try without one, run "pullcheck demo"',
    );
  }
  const slack = input.need === 'cli' ? undefined : slackSettings(environment, input.need, problems);
  if (input.need === 'serve')
    checkWebhooks({ host, webhookToken, insecure: input.insecureWebhooks ?? false }, problems);
  return {
    file,
    ...(slack ? { slack } : {}),
    ...(redisUrl ? { redisUrl } : {}),
    ...(kubeconfig ? { kubeconfig } : {}),
    ...(routingKey
      ? {
          pagerduty: { routingKey, url: url(environment, 'PAGERDUTY_URL', problems) ?? 'https://events.pagerduty.com' },
        }
      : {}),
    ...(github ? { github } : {}),
    ...(webhookToken ? { webhookToken } : {}),
    host,
    port: port(environment, problems),
    logLevel: level(environment, problems),
    variable: (name) => input.variables[name],
  };
}

function slackSettings(environment: Environment, need: ConfigNeed, problems: string[]): SlackSettings | undefined {
  const mode = environment.plain('SLACK_MODE') ?? 'socket';
  const botToken = environment.secret('SLACK_BOT_TOKEN');
  const appToken = environment.secret('SLACK_APP_TOKEN');
  const signingSecret = environment.secret('SLACK_SIGNING_SECRET');
  const apiUrl = url(environment, 'SLACK_API_URL', problems);
  if (mode !== 'socket' && mode !== 'http') problems.push(`SLACK_MODE is "${mode}": it is "socket" or "http"`);
  if (need === 'serve') checkReceiving({ mode, appToken, signingSecret }, problems);
  if (!botToken) {
    problems.push('SLACK_BOT_TOKEN is not set: the "Bot User OAuth Token" (xoxb-…) of the installed Slack app');
    return undefined;
  }
  return {
    mode: mode === 'http' ? 'http' : 'socket',
    botToken,
    ...(appToken ? { appToken } : {}),
    ...(signingSecret ? { signingSecret } : {}),
    ...(apiUrl ? { apiUrl } : {}),
  };
}

function checkReceiving(
  given: { mode: string; appToken: Sealed | undefined; signingSecret: Sealed | undefined },
  problems: string[],
): void {
  if (given.mode === 'socket' && !given.appToken)
    problems.push('SLACK_APP_TOKEN is not set: an app-level token (xapp-…) with the scope connections:write');
  if (given.mode === 'http' && !given.signingSecret)
    problems.push('SLACK_SIGNING_SECRET is not set: "Basic Information > Signing Secret" of the Slack app');
}

function checkWebhooks(
  settings: { host: string; webhookToken: Sealed | undefined; insecure: boolean },
  problems: string[],
): void {
  const isLoopback = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/.test(settings.host);
  if (settings.insecure && !isLoopback)
    problems.push(`--insecure-webhooks needs PULLCHECK_HOST on a loopback address, it is ${settings.host}`);
  if (!settings.insecure && !settings.webhookToken) {
    problems.push('PULLCHECK_WEBHOOK_TOKEN is not set: a long random text that Alertmanager sends as its bearer token');
  }
}

function url(
  environment: Environment,
  name: 'SLACK_API_URL' | 'PAGERDUTY_URL' | 'GITHUB_API_URL',
  problems: string[],
): string | undefined {
  const text = environment.plain(name);
  if (text === undefined) return undefined;
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, '');
  problems.push(`${name} is not an http(s) URL`);
  return undefined;
}

function port(environment: Environment, problems: string[]): number {
  const text = environment.plain('PULLCHECK_PORT') ?? '3000';
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    problems.push(`PULLCHECK_PORT is "${text}": it is a number from 0 to 65535`);
  return value;
}

function level(environment: Environment, problems: string[]): LogLevel {
  const text = environment.plain('PULLCHECK_LOG_LEVEL') ?? 'info';
  const known = LEVELS.find((name) => name === text);
  if (!known) problems.push(`PULLCHECK_LOG_LEVEL is "${text}": it is one of ${LEVELS.join(', ')}`);
  return known ?? 'info';
}
