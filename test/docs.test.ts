/** Docs cannot drift: what they list is compared with the code, what they name exists, what they show as a file is valid. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { exitOfDiagnosis } from '../src/adapters/terminal/exit.ts';
import { loadConfig } from '../src/config/config.ts';
import { VARIABLES } from '../src/config/environment.ts';
import { ConfigFile, parseConfigFile } from '../src/config/file.ts';
import { CAUSES } from '../src/diagnosis/catalogue.ts';
import { PROVEN_CAUSES } from '../src/diagnosis/cause.ts';
import { CHECKS } from '../src/diagnosis/checks/index.ts';
import { classify } from '../src/image/classify.ts';
import { PULL_ERROR_KINDS, type PullErrorKind } from '../src/image/pull-error.ts';
import { REMEDIES } from '../src/remediation/remedies/index.ts';
import { readRunbook } from '../src/runbook/load.ts';
import { createMetrics } from '../src/telemetry/metrics.ts';

const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...globSync('{docs,deploy}/**/*.md')];

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Cells of every table row whose first cell is code: `| \`name\` | … |`. */
function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** The text under a heading, up to the next one of the same level. */
function section(file: string, heading: string): string {
  const [, after = ''] = read(file).split(`## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** Names in backticks of each row's first cell. */
function firstNames(text: string): string[] {
  return rows(text).flatMap(([cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''));
}

/** The first fenced block of a language. */
function block(file: string, language: string): string {
  return read(file).split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? '';
}

/** GitHub's anchor of a heading. */
function anchors(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('links and names', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    const links = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
    const broken = links
      .filter((link) => !/^https?:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? page : normalize(join(dirname(page), path));
        return !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor));
      });
    expect(broken).toEqual([]);
  });

  it.each(pages)('of files in %s exist', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|deploy|docs|bin|scripts|bench)\/[\w./-]*)`/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.filter((file) => !file.includes('NAME') && !existsSync(file))).toEqual([]);
  });

  it('name nothing of one machine', () => {
    for (const page of pages) expect(read(page)).not.toMatch(/(?:^|[\s"'`(])\/(?:work|tmp|root|home)\//);
  });
});

describe('README.md', () => {
  it('names commands that exist', () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('package.json')) as unknown);
    const all = [read('README.md'), read('CONTRIBUTING.md')].join('\n');
    const npm = [...all.matchAll(/npm run ([a-z]+)/g)].map((match) => match[1] ?? '');
    expect(npm.filter((name) => !(name in scripts))).toEqual([]);
    const program = globSync('src/adapters/terminal/*.ts').map(read).join('\n');
    const verbs = [...all.matchAll(/npx \. ([a-z]+)/g)].map((match) => match[1] ?? '');
    expect(verbs.length).toBeGreaterThan(2);
    expect(verbs.filter((verb) => !new RegExp(`\\.command\\(\\s*'${verb}[ ']`).test(program))).toEqual([]);
  });

  it('promises the Node.js that npm is told, so that `npx .` does not warn at each call', () => {
    const promised = /Node\.js (\d+) or newer/.exec(read('README.md'))?.[1];
    const told = z.object({ engines: z.object({ node: z.string() }) }).parse(JSON.parse(read('package.json')));
    expect(told.engines.node).toBe(`>=${promised}`);
  });
  it('names kustomizations that exist', () => {
    const paths = [...read('README.md').matchAll(/-[kf] (deploy\/\S+)/g)].map((match) => match[1] ?? '');
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('and deploy/README.md name every overlay', () => {
    for (const page of ['README.md', 'deploy/README.md']) {
      expect(readdirSync('deploy/overlays').filter((name) => !read(page).includes(`overlays/${name}`))).toEqual([]);
    }
  });

  it('says the exit codes as they are', () => {
    const exitOf = (cause: string) => exitOfDiagnosis({ verdict: { cause } } as Parameters<typeof exitOfDiagnosis>[0]);
    expect(['healthy', 'tag-not-found', 'undetermined'].map(exitOf)).toEqual([0, 1, 3]);
    for (const line of [
      '| 0 | nothing wrong',
      '| 1 | a problem was found',
      '| 2 | wrong usage',
      '| 3 | could not look',
    ])
      expect(read('README.md')).toContain(line);
  });
});

describe('docs/configuration.md', () => {
  it('lists every environment variable, once, and so does .env.example', () => {
    expect(firstNames(section('docs/configuration.md', 'Environment')).sort()).toEqual([...VARIABLES].sort());
    const example = [...read('.env.example').matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1] ?? '');
    expect(example.sort()).toEqual([...VARIABLES].sort());
  });

  it('lists every key of pullcheck.yaml, once', () => {
    const keys = leaves(z.toJSONSchema(ConfigFile, { io: 'input' }), '');
    expect(firstNames(section('docs/configuration.md', 'pullcheck.yaml')).sort()).toEqual([...new Set(keys)].sort());
  });

  it('says the defaults as they are', () => {
    const config = loadConfig({ variables: {}, need: 'cli', readFile: () => '' });
    const said = new Map(rows(read('docs/configuration.md')).map(([name = '', value = '']) => [name, value]));
    expect(said.get('`PULLCHECK_HOST`')).toBe(`\`${config.host}\``);
    expect(said.get('`PULLCHECK_PORT`')).toBe(`\`${config.port}\``);
    expect(said.get('`PULLCHECK_LOG_LEVEL`')).toBe(`\`${config.logLevel}\``);
    expect(said.get('`slack.blocks`')).toBe(`\`${config.file.slack.blocks}\``);
    const { acknowledgeAfter, resolveAfter } = config.file.escalation;
    expect(said.get('`escalation.acknowledgeAfter`')).toBe(`\`${acknowledgeAfter / 60_000}m\``);
    expect(said.get('`escalation.resolveAfter`')).toBe(`\`${resolveAfter / 60_000}m\``);
  });

  it('shows an example that is taken', () => {
    expect(parseConfigFile(block('docs/configuration.md', 'yaml'), 'example')).toHaveProperty('value');
    expect(parseConfigFile(read('deploy/base/pullcheck.yaml'), 'base')).toHaveProperty('value');
  });
});

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly items?: unknown;
  readonly anyOf?: readonly unknown[];
}

/** `slack.routes[].channel` for every value that a file can set. */
function leaves(schema: Schema, path: string): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap((one) => leaves(one as Schema, path));
  const items = schema.items as Schema | undefined;
  if (items && (items.properties ?? items.anyOf)) return leaves(items, `${path}[]`);
  if (!schema.properties) return [path];
  return Object.entries(schema.properties).flatMap(([key, value]) =>
    leaves(value as Schema, path === '' ? key : `${path}.${key}`),
  );
}

describe('docs/pull-errors.md', () => {
  const table = rows(read('docs/pull-errors.md'));

  it('explains every kind, in order, and says who acts as the catalogue does', () => {
    expect(firstNames(read('docs/pull-errors.md').replaceAll(/^(\| `[^`]+` \|).*$/gm, '$1'))).toEqual([
      ...PULL_ERROR_KINDS,
    ]);
    const owners = table.map(([, , , owner]) => owner);
    expect(owners).toEqual(PULL_ERROR_KINDS.map((kind) => CAUSES[kind].owner));
  });

  it('gives words that are read as that kind', () => {
    const wrong = table.flatMap(([kind = '', , words = '']) =>
      [...words.matchAll(/`([^`]+)`/g)].flatMap(([, word = '']) => {
        const message = `Failed to pull image "ghcr.io/acme/api:1": ${word.replace('…', 'x')}`;
        const answer: PullErrorKind = classify(message, /^[A-Z][A-Za-z]+$/.test(word) ? word : undefined).kind;
        return `\`${answer}\`` === kind ? [] : [`${kind}: ${word} is read as ${answer}`];
      }),
    );
    expect(wrong).toEqual([]);
  });
});

it('docs/causes.md says of every cause what the catalogue says', () => {
  const told = read('docs/causes.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const known = Object.entries(CAUSES).map(
    ([cause, { title, meaning, owner, fix }]) => `| \`${cause}\` | **${title}.** ${meaning} | ${owner} | ${fix} |`,
  );
  expect(told.sort()).toEqual(known.sort());
});

it('docs/causes.md is honest about causes that nothing proves yet', () => {
  const code = globSync('src/diagnosis/**/*.ts')
    .filter((file) => !/catalogue|cause\.ts$/.test(file))
    .map(read)
    .join('\n');
  const unproven = PROVEN_CAUSES.filter((cause) => !code.includes(`'${cause}'`));
  const [line = ''] = /^Known, and proven by nothing yet.*$/m.exec(read('docs/causes.md')) ?? [];
  expect([...line.matchAll(/`([^`]+)`/g)].map((match) => match[1])).toEqual(unproven);
});

describe('docs/operations.md', () => {
  it('lists the metrics that are there', async () => {
    const { body } = await createMetrics().text();
    const names = [...body.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1] ?? '');
    expect(
      firstNames(section('docs/operations.md', 'Metrics').replaceAll(/^(\| `[^`]+` \|).*$/gm, '$1')).sort(),
    ).toEqual(names.sort());
  });

  it('lists the jobs and their ids', () => {
    const ids = [...read('src/incident/job.ts').matchAll(/id: `([^`]+)` \*\/\s*\| \{ readonly kind: '([^']+)'/g)];
    const told = rows(section('docs/operations.md', 'Queue')).map(([kind, id]) => [kind, id]);
    expect(ids.length).toBeGreaterThan(4);
    expect(told).toEqual(ids.map(([, id, kind]) => [`\`${kind}\``, `\`${id}\``]));
  });
});

describe('docs/runbooks.md', () => {
  it('shows a runbook that is taken, and lists what one may name', () => {
    const known = {
      checks: CHECKS.map(({ id }) => id),
      remedies: REMEDIES.map(({ id }) => id),
      causes: Object.keys(CAUSES),
    };
    expect(readRunbook(block('docs/runbooks.md', 'yaml'), known)).toMatchObject({ ok: true });
    const text = read('docs/runbooks.md');
    expect([...known.checks, ...known.remedies].filter((id) => !text.includes(`\`${id}\``))).toEqual([]);
  });
});

it('docs/architecture.md lists every room, with a place to start that exists', () => {
  const rooms = readdirSync('src', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      name === 'adapters' ? readdirSync('src/adapters').map((one) => `adapters/${one}`) : [name],
    );
  const table = rows(section('docs/architecture.md', 'Rooms'));
  expect(table.map(([room = '']) => room.slice(1, -1)).sort()).toEqual(rooms.sort());
  const starts = table.flatMap(([room = '', , files = '']) =>
    [...files.matchAll(/`([^`]+)`/g)].map((match) => `src/${room.slice(1, -1)}/${match[1] ?? ''}`),
  );
  expect(starts.filter((file) => !existsSync(file))).toEqual([]);
  const story = section('docs/architecture.md', 'One alert through the house');
  const named = [...story.matchAll(/`([\w./-]+\.ts)`/g)].map((match) => match[1] ?? '');
  const files = globSync('src/**/*.ts');
  expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name}`)))).toEqual([]);
});

it('docs/security.md explains the scopes of manifest.yml', () => {
  const Manifest = z.object({
    oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }) }),
  });
  const { bot, bot_optional: optional } = Manifest.parse(parse(read('manifest.yml'))).oauth_config.scopes;
  const told = firstNames(section('docs/security.md', 'Slack').replaceAll(/^(\|[^|]+\|).*$/gm, '$1'));
  expect(told.sort()).toEqual([...bot, ...optional, 'connections:write'].sort());
});

it('decisions are numbered without gaps and have their three parts', () => {
  const files = readdirSync('docs/adr').sort();
  expect(files.map((file) => Number(file.slice(0, 4)))).toEqual(files.map((_file, index) => index + 1));
  for (const file of files) {
    for (const part of ['Context', 'Decision', 'Consequences']) {
      expect(section(`docs/adr/${file}`, part).trim().length).toBeGreaterThan(40);
    }
  }
});
