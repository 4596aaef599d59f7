/** A wrong configuration is told in one go, in sentences that say what to do. */
import { describe, expect, it } from '@jest/globals';
import { type ConfigInput, loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/errors.ts';

function input(
  variables: Record<string, string>,
  files: Record<string, string> = {},
  rest: Partial<ConfigInput> = {},
): ConfigInput {
  return {
    variables,
    need: 'cli',
    readFile: (path) => {
      const name = Object.keys(files).find((file) => path.endsWith(file));
      if (name === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return files[name] ?? '';
    },
    ...rest,
  };
}

function problemsOf(make: ConfigInput): string {
  try {
    loadConfig(make);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was taken');
}

describe('configuration', () => {
  it('needs nothing for the command line and fills in the defaults', () => {
    const config = loadConfig(input({}));
    expect(config.port).toBe(3000);
    expect(config.host).toBe('0.0.0.0');
    expect(config.file.escalation).toEqual({ acknowledgeAfter: 300_000, resolveAfter: 1_200_000 });
    expect(config.file.slack.blocks).toBe('plan');
  });

  it('reads ./pullcheck.yaml for the command line too, and the file that PULLCHECK_CONFIG names instead', () => {
    const files = { 'pullcheck.yaml': 'slack: { blocks: text }', 'other.yaml': 'slack: { blocks: sections }' };
    expect(loadConfig(input({}, files)).file.slack.blocks).toBe('text');
    expect(loadConfig(input({ PULLCHECK_CONFIG: 'etc/other.yaml' }, files)).file.slack.blocks).toBe('sections');
    expect(problemsOf(input({ PULLCHECK_CONFIG: 'etc/gone.yaml' }, files))).toContain('etc/gone.yaml');
  });

  it('takes a pullcheck.yaml that it may not read for no missing one: its limits would be gone', () => {
    const readFile = () => {
      throw Object.assign(new Error("EACCES: permission denied, open 'pullcheck.yaml'"), { code: 'EACCES' });
    };
    expect(problemsOf(input({}, {}, { readFile }))).toContain('pullcheck.yaml is there and cannot be read: EACCES');
  });

  it('tells everything that serve lacks, together', () => {
    const text = problemsOf(input({ PULLCHECK_PORT: 'eighty', PULLCHECK_LOG_LEVEL: 'loud' }, {}, { need: 'serve' }));
    for (const name of [
      'REDIS_URL',
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'PULLCHECK_WEBHOOK_TOKEN',
      'PULLCHECK_PORT',
      'PULLCHECK_LOG_LEVEL',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('asks for the signing secret in HTTP mode and not for the app token', () => {
    const text = problemsOf(
      input({ SLACK_MODE: 'http', REDIS_URL: 'redis://x', SLACK_BOT_TOKEN: 'xoxb-1' }, {}, { need: 'serve' }),
    );
    expect(text).toContain('SLACK_SIGNING_SECRET');
    expect(text).not.toContain('SLACK_APP_TOKEN');
  });

  it('reads a secret from NAME_FILE and never prints it', () => {
    const config = loadConfig(
      input(
        { REDIS_URL_FILE: '/run/redis', SLACK_BOT_TOKEN: 'xoxb-canary', SLACK_APP_TOKEN: 'xapp-canary' },
        { '/run/redis': 'redis://:canary@h\n' },
        { need: 'worker' },
      ),
    );
    expect(config.redisUrl?.reveal()).toBe('redis://:canary@h');
    expect(JSON.stringify(config)).not.toContain('canary');
  });

  it('refuses a variable given twice and a file that is not there', () => {
    const text = problemsOf(
      input({ REDIS_URL: 'redis://a', REDIS_URL_FILE: '/run/redis', PAGERDUTY_ROUTING_KEY_FILE: '/nowhere' }),
    );
    expect(text).toContain('REDIS_URL and REDIS_URL_FILE are both set');
    expect(text).toContain('PAGERDUTY_ROUTING_KEY_FILE names /nowhere');
  });

  it('allows webhooks without a secret on loopback only', () => {
    const base = { REDIS_URL: 'redis://x', SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };
    expect(problemsOf(input(base, {}, { need: 'serve', insecureWebhooks: true }))).toContain('loopback');
    expect(
      loadConfig(input({ ...base, PULLCHECK_HOST: '127.0.0.1' }, {}, { need: 'serve', insecureWebhooks: true }))
        .webhookToken,
    ).toBeUndefined();
  });

  it('names line and key of every mistake in pullcheck.yaml', () => {
    const yaml =
      'slack:\n  blocks: fancy\naccess:\n  press:\n    users: [alice]\nescalation:\n  resolveAfter: soon\nclutsers: []\n';
    const text = problemsOf(input({ PULLCHECK_CONFIG: '/etc/pullcheck.yaml' }, { '/etc/pullcheck.yaml': yaml }));
    expect(text).toContain('/etc/pullcheck.yaml:2: slack.blocks');
    expect(text).toContain(':5: access.press.users.0: a Slack user id looks like');
    expect(text).toContain(':7: escalation.resolveAfter: write a duration');
    expect(text).toContain('clutsers');
  });

  it('wants a channel id where a name would refuse everybody', () => {
    const rule = (channel: string) =>
      input(
        { PULLCHECK_CONFIG: '/c.yaml' },
        { '/c.yaml': `access:\n  read:\n    - { channel: ${channel}, namespaces: ["*"] }\n` },
      );
    expect(problemsOf(rule('incidents'))).toContain('/c.yaml:3: access.read.0.channel: a Slack channel id looks like');
    expect(loadConfig(rule('C0123ABCD')).file.access.read).toHaveLength(1);
  });

  it('refuses two clusters of one name: an alert label could not tell them apart', () => {
    const yaml = 'clusters:\n  - { name: prod, context: a }\n  - { name: prod, context: b }\n';
    expect(problemsOf(input({ PULLCHECK_CONFIG: '/c.yaml' }, { '/c.yaml': yaml }))).toContain(
      'two clusters have the same name',
    );
  });

  it('says where the YAML itself is broken', () => {
    expect(problemsOf(input({ PULLCHECK_CONFIG: '/c.yaml' }, { '/c.yaml': 'slack: [\n' }))).toMatch(/\/c\.yaml:\d/);
  });

  it('complains about a named file that cannot be read, and not about the default one', () => {
    expect(problemsOf(input({ PULLCHECK_CONFIG: '/missing.yaml' }))).toContain('/missing.yaml');
    expect(() => loadConfig(input({}))).not.toThrow();
  });

  it('takes a credential source in four forms, and no fifth', () => {
    const from = (text: string) =>
      input(
        { PULLCHECK_CONFIG: '/c.yaml' },
        { '/c.yaml': `credentialSources:\n  - registry: ghcr.io\n    from: ${text}\n` },
      );
    for (const good of [
      '{ env: GHCR }',
      '{ file: /run/ghcr }',
      '{ secret: { namespace: ops, name: ghcr } }',
      '{ ecr: {} }',
    ]) {
      expect(loadConfig(from(good)).file.credentialSources).toHaveLength(1);
    }
    for (const bad of ['{}', '{ env: GHCR, file: /run/ghcr }', '{ password: canary }', '{ secret: { name: ghcr } }']) {
      const text = problemsOf(from(bad));
      expect(text).toMatch(/\/c\.yaml:\d: credentialSources\.0\.from/);
      expect(text).not.toContain('canary');
    }
  });

  it('lets nobody press, and calls nothing production, until somebody is named', () => {
    const { press, production } = loadConfig(input({})).file.access;
    expect([press.users, press.userGroups, production]).toEqual([[], [], []]);
  });
});
