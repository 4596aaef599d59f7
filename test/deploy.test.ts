/** What `deploy/` promises: rights that are exactly those the program uses, locked-down pods. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { KubeClient } from '../src/adapters/kubernetes/client.ts';
import { createReader } from '../src/adapters/kubernetes/reader.ts';
import { isWorkloadKind, WORKLOADS } from '../src/adapters/kubernetes/resources.ts';
import { createWriter } from '../src/adapters/kubernetes/writer.ts';
import { aPullSecret, aWorkload, IMAGE } from './support/snapshots.ts';

const { signal } = new AbortController();

const Role = z.object({
  kind: z.enum(['Role', 'ClusterRole']),
  rules: z.array(
    z.strictObject({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

const Container = z.object({
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  readinessProbe: z.object({}),
});
const Pods = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        securityContext: z.object({
          runAsNonRoot: z.literal(true),
          runAsUser: z.number().positive(),
          seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
        }),
        containers: z.array(Container).min(1),
      }),
    }),
  }),
});

/** Every document of a YAML file. */
function documents(file: string): unknown[] {
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });
}

/** `get apps/deployments`, one for each right that the roles of a file give. */
function granted(file: string): string[] {
  const roles = documents(file).flatMap((document) => Role.safeParse(document).data ?? []);
  return roles
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => right(verb, group, resource)))),
    )
    .sort();
}

function right(verb: string, group: string, resource: string): string {
  return `${verb} ${group === '' ? '' : `${group}/`}${resource}`;
}

/** An API server that answers "ok" to everything and remembers what right each request needs. */
function rightsRecorder(): { client: KubeClient; used: Set<string> } {
  const used = new Set<string>();
  const client: KubeClient = {
    cluster: 'recorded',
    send: async ({ verb, resource }) => {
      used.add(right(verb, resource.group, resource.plural));
      const live = { metadata: { name: 'api', resourceVersion: '1' }, items: [] };
      return { kind: 'ok', body: live };
    },
  };
  return { client, used };
}

/** The same port; the names of its methods go away as they are called. */
function watched<T extends object>(port: T): { port: T; left: Set<string> } {
  const left = new Set(Object.entries(port).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])));
  const get = (target: T, name: string): unknown => {
    left.delete(name);
    return Reflect.get(target, name);
  };
  return { port: new Proxy(port, { get: (target, name) => get(target, String(name)) }), left };
}

/** Every question that a diagnosis can ask, about every kind of workload. */
async function readEverything(client: KubeClient): Promise<void> {
  const { port: reader, left } = watched(createReader(client));
  const at = { namespace: 'shop', name: 'api' };
  await reader.pod('shop', 'api', signal);
  await reader.pods({}, signal);
  await reader.unreadyPods({}, signal);
  await reader.pods({ namespace: 'shop', selector: 'app=api' }, signal);
  await reader.events('shop', 'uid', signal);
  await reader.podEvents('shop', 'api', signal);
  await reader.serviceAccount('shop', 'default', signal);
  await reader.secret('shop', 'regcred', signal);
  await reader.secretRows({ namespace: 'shop' }, signal);
  await reader.secretsOfType({ name: 'regcred', type: 'kubernetes.io/dockerconfigjson' }, signal);
  await reader.node('node-1', signal);
  await reader.services({}, signal);
  await reader.endpoints('shop', 'registry', signal);
  await reader.networkPolicies('shop', signal);
  await reader.jobs({}, signal);
  for (const kind of ['Application', 'Kustomization', 'HelmRelease', 'GitRepository'] as const)
    await reader.gitOps({ ...at, kind }, signal);
  await reader.gitOps({ kind: 'Application', name: 'shop' }, signal);
  await reader.namespaces(signal);
  await reader.nodes(signal);
  await reader.crashLog({ namespace: 'shop', pod: 'api', container: 'api', previous: true }, signal);
  for (const kind of Object.keys(WORKLOADS).filter(isWorkloadKind)) {
    await reader.workload({ ...at, kind }, signal);
    await reader.controllerOf({ ...at, kind }, signal);
    await reader.revisions(aWorkload({ kind }), signal);
  }
  expect([...left]).toEqual([]);
}

/** Every change that a remedy can make. */
async function writeEverything(client: KubeClient): Promise<void> {
  const { port: writer, left } = watched(createWriter(client));
  const { namespace, name, type, data } = aPullSecret();
  for (const mode of ['dry-run', 'apply'] as const) {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
      await writer.restartWorkload({ kind, name: 'api', namespace }, '1', '2026-03-19T09:00:00Z', mode, signal);
      const change = { container: 'api', role: 'main', image: IMAGE } as const;
      await writer.setImage({ kind, name: 'api', namespace }, change, '1', mode, signal);
    }
    await writer.updateSecret({ namespace, name, type, data }, '1', mode, signal);
    await writer.createSecret({ namespace, name, type, data }, mode, signal);
    await writer.deleteSecret(namespace, name, mode, signal);
    await writer.deletePod(namespace, 'api-1', 'uid', mode, signal);
  }
  expect([...left]).toEqual([]);
}

const READ = 'deploy/base/cluster-role.yaml';
const SECRETS = 'deploy/overlays/read-pull-secrets/role.yaml';
const FIND = 'deploy/overlays/find-pull-secrets/role.yaml';
const FIND_EVERYWHERE = 'deploy/overlays/find-pull-secrets-everywhere/role.yaml';
const LOGS = 'deploy/overlays/read-logs/role.yaml';
const GITOPS = 'deploy/overlays/read-gitops/role.yaml';
const REMEDIES = 'deploy/overlays/remedies/role.yaml';

describe('the rights in deploy/', () => {
  it('to read the cluster are exactly those that the diagnosis uses, and no Secret is among them', async () => {
    const { client, used } = rightsRecorder();
    await readEverything(client);
    expect(granted(READ).join()).not.toContain('secrets');
    expect([READ, SECRETS, FIND, LOGS, GITOPS].flatMap(granted).sort()).toEqual([...used].sort());
  });

  it('to read Secrets are one verb, in one namespace', () => {
    expect(granted(SECRETS)).toEqual(['get secrets']);
    expect(documents(SECRETS).flatMap((document) => Role.safeParse(document).data?.kind ?? [])).toEqual(['Role']);
  });

  it('to find Secrets are one verb, in one namespace; everywhere only by an overlay that says what it opens', () => {
    expect([granted(FIND), granted(FIND_EVERYWHERE)]).toEqual([['list secrets'], ['list secrets']]);
    expect(documents(FIND).flatMap((document) => Role.safeParse(document).data?.kind ?? [])).toEqual(['Role']);
    for (const page of ['deploy/README.md', 'deploy/overlays/find-pull-secrets-everywhere/kustomization.yaml'])
      expect(readFileSync(page, 'utf8').toLowerCase()).toContain('can read every secret of the cluster');
  });

  it('to read logs are one verb, in one namespace', () => {
    expect(granted(LOGS)).toEqual(['get pods/log']);
    expect(documents(LOGS).flatMap((document) => Role.safeParse(document).data?.kind ?? [])).toEqual(['Role']);
  });

  it('to read what Argo CD and Flux deploy from are reading only', () => {
    expect(granted(GITOPS)).toEqual([
      'get argoproj.io/applications',
      'get helm.toolkit.fluxcd.io/helmreleases',
      'get kustomize.toolkit.fluxcd.io/kustomizations',
      'get source.toolkit.fluxcd.io/gitrepositories',
      'list argoproj.io/applications',
    ]);
  });

  it('to change things are exactly those that remedies use, beyond reading, in one namespace', async () => {
    const { client, used } = rightsRecorder();
    await writeEverything(client);
    const reading = [READ, SECRETS, FIND].flatMap(granted);
    expect(granted(REMEDIES)).toEqual([...used].filter((one) => !reading.includes(one)).sort());
    expect(documents(REMEDIES).flatMap((document) => Role.safeParse(document).data?.kind ?? [])).toEqual(['Role']);
  });

  it('name no wildcard', () => {
    for (const file of globSync('deploy/**/*role*.yaml')) expect(granted(file).join()).not.toContain('*');
  });
});

describe('the pods in deploy/', () => {
  const workloads = globSync('deploy/{base,overlays}/**/*.yaml')
    .flatMap((file) => documents(file))
    .filter((document) =>
      /^(?:Deployment|StatefulSet)$/.test(z.object({ kind: z.string().catch('') }).parse(document).kind),
    );

  it('run as a numbered user that is not root, with nothing to write to and no capability', () => {
    expect(workloads).toHaveLength(3);
    for (const workload of workloads) expect(Pods.safeParse(workload).error?.issues).toBeUndefined();
  });

  it('take their credentials from the Secret and hold none themselves', () => {
    const all = globSync('deploy/**/*.yaml').map((file) => readFileSync(file, 'utf8'));
    expect(all.join('\n')).not.toMatch(/xox[bp]-\w|xapp-\d/);
    const Example = z.object({ stringData: z.record(z.string(), z.literal('')) });
    expect(Example.safeParse(documents('deploy/base/secret.example.yaml')[0]).error?.issues).toBeUndefined();
  });
});

describe('the workflows', () => {
  const Workflow = z.object({
    on: z.unknown(),
    permissions: z.record(z.string(), z.string()),
    jobs: z.record(
      z.string(),
      z.object({ 'timeout-minutes': z.number(), steps: z.array(z.object({ uses: z.string().optional() })).min(1) }),
    ),
  });

  it.each(globSync('.github/workflows/*.yml'))('%s can be read, says what it may do, and pins its actions', (file) => {
    const workflow = Workflow.parse(parse(readFileSync(file, 'utf8')));
    const actions = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ uses }) => uses ?? []));
    expect(actions.filter((action) => !/@(?:v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
  });

  it('release an image for both platforms, under the name that the kustomization pulls', () => {
    const release = readFileSync('.github/workflows/release.yml', 'utf8');
    expect(release).toContain('linux/amd64,linux/arm64');
    const base = z.object({ images: z.tuple([z.object({ newName: z.string(), newTag: z.string() })]) });
    const [image] = base.parse(documents('deploy/base/kustomization.yaml')[0]).images;
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync('package.json', 'utf8')));
    expect(image.newName.startsWith('ghcr.io/')).toBe(true);
    expect(image.newTag).toBe(version);
  });
});
