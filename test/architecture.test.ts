/** The import table of docs/adr/0001: a row may import the rows named, nothing else. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const everywhere = ['clock', 'errors', 'sealed'];
const domain = [
  'image',
  'target',
  'workflow',
  'build',
  'alert',
  'evidence',
  'diagnosis',
  'runbook',
  'remediation',
  'incident',
  'outbox',
];
/** Folder (or file) -> what it may import besides itself. */
const table: Readonly<Record<string, readonly string[]>> = {
  clock: [],
  errors: [],
  sealed: [],
  image: [],
  target: [],
  alert: ['image', 'target'],
  workflow: [],
  build: ['image', 'workflow'],
  evidence: ['image', 'target', 'workflow', 'build'],
  diagnosis: ['image', 'target', 'workflow', 'build', 'evidence'],
  runbook: ['target', 'evidence', 'diagnosis'],
  remediation: ['image', 'target', 'workflow', 'build', 'evidence', 'diagnosis'],
  outbox: [],
  incident: ['image', 'target', 'alert', 'evidence', 'diagnosis', 'runbook', 'remediation'],
  flow: domain,
  telemetry: [],
  config: ['telemetry'],
  'adapters/slack': [...domain, 'flow', 'telemetry'],
  'adapters/terminal': [...domain, 'flow', 'telemetry'],
  'adapters/kubernetes': ['image', 'build', 'target', 'evidence', 'remediation', 'telemetry'],
  'adapters/registry': ['image', 'target', 'build', 'evidence', 'remediation', 'telemetry'],
  'adapters/github': ['build', 'evidence', 'remediation', 'telemetry'],
  'adapters/redis': [...domain, 'telemetry'],
  'adapters/memory': [...domain, 'telemetry'],
  'adapters/pager': ['incident', 'telemetry'],
  'adapters/http': ['alert', 'flow', 'incident', 'telemetry'],
  'adapters/files': [...domain, 'telemetry'],
  'adapters/simulator': [...domain, 'flow', 'telemetry'],
};
/** These know everything. */
const roots = ['wire', 'main', 'cli', 'worker', 'demo'];

/** Each SDK has exactly one room. */
const rooms: Readonly<Record<string, string>> = {
  '@slack/': 'adapters/slack',
  '@kubernetes/': 'adapters/kubernetes',
  '@octokit/': 'adapters/github',
  '@aws-sdk/': 'adapters/registry',
  bullmq: 'adapters/redis',
  ioredis: 'adapters/redis',
  fastify: 'adapters/http',
  'prom-client': 'telemetry',
  pino: 'telemetry',
  commander: 'adapters/terminal',
  listr2: 'adapters/terminal',
};

/** `src/evidence/collectors/pod.ts` -> `evidence`; `src/adapters/slack/app.ts` -> `adapters/slack`; `src/clock.ts` -> `clock`. */
function roomOf(file: string): string {
  const parts = relative('src', file).replace(/\.ts$/, '').split('/');
  return parts[0] === 'adapters' ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [
    ...text.matchAll(
      /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

const files = globSync('src/**/*.ts').sort();

describe('the house', () => {
  it('keeps to the import table', () => {
    const wrong = files.flatMap((file) => {
      const from = roomOf(file);
      if (roots.includes(from)) return [];
      const allowed = table[from];
      if (!allowed) return [`${file}: the folder ${from} is not in the table`];
      return importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => join(dirname(file), name))
        .filter((target) => ![from, ...everywhere, ...allowed].includes(roomOf(target)))
        .map((target) => `${file} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('imports only files that exist, with their extension', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.') && !existsSync(join(dirname(file), name)))
        .map((name) => `${file} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('gives each SDK one room', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file).flatMap((name) => {
        const sdk = Object.keys(rooms).find(
          (prefix) => name === prefix || name.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`),
        );
        return sdk && roomOf(file) !== rooms[sdk] ? [`${file} imports ${name}`] : [];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('takes ports only where effects live', () => {
    const may =
      /^src\/(flow|adapters|wire|main|cli|worker|demo)|^src\/evidence\/(collect|collectors)|^src\/remediation\/(remedies|execute|ports|remedy)|^src\/[a-z]+\/ports\.ts/;
    const wrong = files.filter((file) => !may.test(file) && importsOf(file).some((name) => name.endsWith('/ports.ts')));
    expect(wrong).toEqual([]);
  });

  it('keeps files small: at most 300 lines, median at most 100', () => {
    const lines = files.map((file) => ({ file, count: readFileSync(file, 'utf8').split('\n').length - 1 }));
    expect(lines.filter(({ count }) => count > 300)).toEqual([]);
    const counts = lines.map(({ count }) => count).sort((a, b) => a - b);
    expect(counts[Math.floor(counts.length / 2)]).toBeLessThanOrEqual(100);
  });

  it('names files in kebab-case', () => {
    expect(files.filter((file) => !/^src(\/[a-z0-9-]+)+\.ts$/.test(file))).toEqual([]);
  });
});
