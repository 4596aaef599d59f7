/** All incidents of missing tags at once: one registry, one GitHub, and the workloads that cannot start because of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grant } from './account.ts';
import { apply, deployment, dir, eventually, kubectl, namespace, stuckPod } from './box.ts';
import { type Builds, OWNER, startBuilds } from './builds.ts';
import { tellOrigin } from './image-origin.ts';
import {
  deletedTag,
  earlierAttempt,
  failedBuild,
  foreignWorkflow,
  makefileFallback,
  maskedOutput,
  noBuild,
  rebuiltCommit,
  reusableOutput,
  runningBuild,
  type Told,
  unneededOutput,
} from './lost-tags.ts';
import { type Registry, startRegistry } from './registry.ts';

const STORIES = {
  unneeded: unneededOutput,
  masked: maskedOutput,
  reusable: reusableOutput,
  foreign: foreignWorkflow,
  makefile: makefileFallback,
  failed: failedBuild,
  rebuilt: rebuiltCommit,
  none: noBuild,
  running: runningBuild,
  deleted: deletedTag,
  earlier: earlierAttempt,
} as const;
type Name = keyof typeof STORIES;
const REPOSITORIES = 'api-service ledger shop cart register billing invoices search mail parcels stock'.split(' ');

/** How an image tells its repository; the others are listed under `sources`. */
const LABELLED: ReadonlySet<Name> = new Set(['reusable', 'running']);
const PROVEN: ReadonlySet<Name> = new Set(['foreign', 'none']);

export const KANIKO = {
  namespace: 'cortex',
  /** Of kaniko's own words, as `kubectl logs` shows them. */
  words: [
    'INFO[0003] Unpacking rootfs as cmd RUN pip install -r requirements.txt requires it.',
    'ERROR: No matching distribution found for anthropic==0.39.1',
    'error building image: error building stage: failed to execute command: waiting for process to exit: exit status 1',
  ],
} as const;

/** BuildKit's, of the same fault. */
export const BUILDKIT = [
  '#9 [4/5] RUN pip install -r requirements.txt',
  '#9 2.113 ERROR: No matching distribution found for anthropic==0.39.1',
  '#9 ERROR: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1',
  'error: failed to solve: process "/bin/sh -c pip install -r requirements.txt" did not complete successfully: exit code: 1',
] as const;

export interface LostTags {
  readonly registry: Registry;
  readonly builds: Builds;
  readonly told: Readonly<Record<Name, Told>>;
  /** pullcheck.yaml, without what only the bot needs. */
  readonly config: object;
  /** For the command line. */
  readonly env: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

export interface Options {
  readonly namespace: string;
  readonly stories: readonly Name[];
}

export const ALL = Object.keys(STORIES) as Name[];

/** Until every pod of them waits with a pull error. */
export async function startLostTags({ namespace: where, stories }: Options): Promise<LostTags> {
  const registry = await startRegistry({ name: 'ci.box', address: '198.51.100.31', accounts: [] });
  const builds = await startBuilds(REPOSITORIES);
  const entries: [Name, Told][] = [];
  for (const name of stories) entries.push([name, await STORIES[name](builds, registry.host)]);
  for (const [name, told] of entries) await fill(registry, builds, name, told);
  const sources = entries
    .filter(([name]) => !LABELLED.has(name) && !PROVEN.has(name))
    .map(([, { name, image }]) => ({ image, repository: `${OWNER}/${name}` }));
  const config = { registries: [{ host: registry.host, plainHttp: true }], sources };
  const file = join(dir, 'lost-tags.yaml');
  writeFileSync(file, JSON.stringify(config));
  await namespace(where);
  const told = entries.map(([, one]) => one);
  await apply(
    ...told.map(({ name, image, asked }) => deployment({ namespace: where, name, image: `${image}:${asked}` })),
  );
  await Promise.all(told.map(async ({ name }) => stuckPod(where, name)));
  return {
    registry,
    builds,
    told: Object.fromEntries(entries) as Record<Name, Told>,
    config,
    env: { PULLCHECK_CONFIG: file, ...builds.env },
    close: async () => {
      await builds.github.close();
      await registry.remove();
    },
  };
}

async function fill(
  registry: Registry,
  { github }: Builds,
  kind: Name,
  { name, pushed, sha, run = '' }: Told,
): Promise<void> {
  const repository = `${OWNER}/${name}`;
  const place = { host: registry.host, repository };
  if (!LABELLED.has(kind) && !PROVEN.has(kind)) return registry.push(repository, pushed);
  await registry.push(repository, 'buildcache');
  const labels = {
    'org.opencontainers.image.source': `${github.url}/${repository}`,
    'org.opencontainers.image.revision': sha,
  };
  await tellOrigin(place, { from: 'buildcache', tag: pushed }, PROVEN.has(kind) ? { builder: run } : { labels });
}

/** `front` and `side` wait for what Jobs failed to build; `back` was never built by anybody. */
export async function startBuildJobs(registry: Registry): Promise<void> {
  const { host } = registry;
  const { namespace: where } = KANIKO;
  await registry.push('kaniko/executor', 'v1.23.2');
  await registry.push('moby/buildkit', 'v0.19.0-rootless');
  await registry.push('cortex/front', 'v2');
  await registry.push('cortex/side', 'v2');
  await namespace(where);
  await grant('read-logs', where);
  await apply(
    failing('front', `${host}/kaniko/executor:v1.23.2`, KANIKO.words, [
      '--context=git://example.com/cortex.git',
      `--destination=${host}/cortex/front:v3`,
    ]),
    // The cache is kept under the name that `back` waits for, and is none of its builds.
    failing('side', `${host}/moby/buildkit:v0.19.0-rootless`, BUILDKIT, [
      'buildctl-daemonless.sh',
      'build',
      '--frontend=dockerfile.v0',
      '--import-cache',
      `type=registry,ref=${host}/cortex/back:latest`,
      '--output',
      `type=image,name=${host}/cortex/side:v3,push=true`,
    ]),
    deployment({ namespace: where, name: 'front', image: `${host}/cortex/front:v3` }),
    deployment({ namespace: where, name: 'side', image: `${host}/cortex/side:v3` }),
    deployment({ namespace: where, name: 'back', image: `${host}/cortex/back:latest` }),
  );
  await Promise.all([
    ...['front', 'side', 'back'].map(async (name) => stuckPod(where, name)),
    ...['front', 'side'].map(async (name) =>
      eventually(`the Job build-${name} failed`, async () => {
        const failed = await kubectl('get', 'job', `build-${name}`, '-n', where, '-ojsonpath={.status.failed}');
        return failed === '1' ? true : undefined;
      }),
    ),
  ]);
}

/** A Job that says what its builder says and fails as it does; the arguments behind the words are the builder's. */
function failing(name: string, image: string, words: readonly string[], builder: readonly string[]): object {
  const container = { name: 'build', image, command: ['/pause'], args: ['crash', words.join('\n'), ...builder] };
  const spec = { hostNetwork: true, restartPolicy: 'Never', containers: [container] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: `build-${name}`, namespace: KANIKO.namespace },
    spec: { backoffLimit: 0, template: { spec } },
  };
}
