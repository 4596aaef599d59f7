/** The environment's variables: each also as `NAME_FILE`, secrets sealed as they are read. */
import { Sealed } from '../sealed.ts';

/** Variables that hold a secret. */
const SECRET_NAMES = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'GITHUB_TOKEN',
  'GITHUB_APP_PRIVATE_KEY',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_WEBHOOK_SECRET',
  'GRAFANA_WEBHOOK_SECRET',
  'PULLCHECK_WEBHOOK_TOKEN',
  'REDIS_URL',
] as const;
const PLAIN_NAMES = [
  'SLACK_MODE',
  'SLACK_API_URL',
  'KUBECONFIG',
  'GITHUB_APP_ID',
  'GITHUB_API_URL',
  'PAGERDUTY_URL',
  'PULLCHECK_HOST',
  'PULLCHECK_PORT',
  'PULLCHECK_LOG_LEVEL',
  'PULLCHECK_CONFIG',
] as const;

export type SecretName = (typeof SECRET_NAMES)[number];
export type PlainName = (typeof PLAIN_NAMES)[number];
/** Every variable that Pullcheck reads, for the documentation test. */
export const VARIABLES: readonly string[] = [...SECRET_NAMES, ...PLAIN_NAMES];

export interface Environment {
  plain(name: PlainName): string | undefined;
  secret(name: SecretName): Sealed | undefined;
  /** What could not be read, one sentence each. */
  readonly problems: readonly string[];
}

/** Reads `variables` (of the process) and the files they name. `readFile` throws when it cannot. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  readFile: (path: string) => string,
): Environment {
  const problems: string[] = [];
  const values = new Map<string, string>();
  for (const name of VARIABLES) {
    const direct = variables[name];
    const path = variables[`${name}_FILE`];
    if (direct && path) problems.push(`${name} and ${name}_FILE are both set: set one`);
    if (direct) values.set(name, direct);
    else if (path) readInto(values, name, path);
  }
  function readInto(into: Map<string, string>, name: string, path: string): void {
    try {
      into.set(name, readFile(path).replace(/\r?\n$/, ''));
    } catch {
      problems.push(`${name}_FILE names ${path}, which cannot be read`);
    }
  }
  return {
    plain: (name) => values.get(name),
    secret: (name) => {
      const text = values.get(name);
      return text === undefined ? undefined : new Sealed(text);
    },
    problems,
  };
}
