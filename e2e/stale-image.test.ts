/**
 * The tag that was pushed again, on a real kubelet: the node keeps its copy under IfNotPresent, a restart brings nothing, Always does.
 * And containers that crash with the right image: their last words where an overlay grants them, the rule where not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accountKubeconfig, grant, installBase } from './support/account.ts';
import { apply, dir, eventually, kubectl, namespace, runtime } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { type Registry, startRegistry } from './support/registry.ts';

const TAG = 'release-0.8.2';
let registry: Registry;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({ name: 'moving.box', address: '198.51.100.28', accounts: [] });
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'pullcheck-stale.yaml');
  writeFileSync(config, JSON.stringify({ registries: [{ host: registry.host, plainHttp: true }] }));
  env = { PULLCHECK_CONFIG: config };
});
afterAll(async () => registry?.remove());

interface App {
  readonly namespace: string;
  readonly name: string;
  readonly repository: string;
  readonly tag?: string;
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Arguments of the container; default: it sleeps. */
  readonly args?: readonly string[];
  /** Default: the image's own program. */
  readonly command?: string;
}

function app({
  namespace: where,
  name,
  repository,
  tag = TAG,
  pullPolicy = 'IfNotPresent',
  args,
  command,
}: App): object {
  const labels = { app: name };
  const image = `${registry.host}/${repository}:${tag}`;
  const container = {
    name: 'app',
    image,
    imagePullPolicy: pullPolicy,
    ...(args ? { args } : {}),
    ...(command ? { command: [command] } : {}),
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: where, labels },
    spec: {
      strategy: { type: 'Recreate' },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { hostNetwork: true, terminationGracePeriodSeconds: 0, containers: [container] },
      },
    },
  };
}

/** Waits until the newest pod of the app shows this; gives its name. */
async function podThat(where: string, name: string, shows: RegExp, besides = ''): Promise<string> {
  const path =
    '{range .items[*]}{.metadata.name}{" "}{.status.containerStatuses[0].ready}{" "}{.status.containerStatuses[0].state.waiting.reason}{" "}{.status.containerStatuses[0].lastState.terminated.exitCode}{" "}{.status.containerStatuses[0].restartCount}{"\\n"}{end}';
  return eventually(
    `a pod of ${where}/${name} that shows ${shows.source}`,
    async () => {
      const rows = (await kubectl('get', 'pods', '-n', where, '-l', `app=${name}`, '-o', `jsonpath=${path}`)).split(
        '\n',
      );
      return rows.find((row) => shows.test(row) && (besides === '' || !row.startsWith(besides)))?.split(' ')[0];
    },
    120,
  );
}

/** An index that holds the image `single` of the repository, for this platform only. */
async function pushIndex(repository: string, tag: string, platform: object): Promise<void> {
  const url = (name: string) => `http://198.51.100.28:5000/v2/${repository}/manifests/${name}`;
  const type = 'application/vnd.docker.distribution.manifest.v2+json';
  const oci = 'application/vnd.oci.image.manifest.v1+json';
  const one = await fetch(url('single'), { headers: { accept: `${type}, ${oci}` } });
  const entry = {
    mediaType: one.headers.get('content-type'),
    digest: one.headers.get('docker-content-digest'),
    size: (await one.arrayBuffer()).byteLength,
    platform,
  };
  const mediaType = 'application/vnd.docker.distribution.manifest.list.v2+json';
  const pushed = await fetch(url(tag), {
    method: 'PUT',
    headers: { 'content-type': mediaType },
    body: JSON.stringify({ schemaVersion: 2, mediaType, manifests: [entry] }),
  });
  if (!pushed.ok) throw new Error(`push of an index: ${pushed.status} ${await pushed.text()}`);
}

const RUNS = / true /;
/** After the second restart the kubelet waits 20 s: a pod that was let run again while it is read is only "likely" to crash. */
const CRASHES = /CrashLoopBackOff \d* [2-9]/;

describe(`a tag that was pushed again, on ${runtime}`, () => {
  const shop = { namespace: 'shop', name: 'web', repository: 'mycompany/web' };

  it('is healthy while the node runs what the tag means', async () => {
    await registry.push('mycompany/web', TAG, 'broken');
    await namespace('shop');
    await apply(app(shop));
    const pod = await podThat('shop', 'web', RUNS);
    const { code, value } = await diagnose(kubeconfig, pod, 'shop', env);
    expect(value.verdict).toMatchObject({ cause: 'healthy', confidence: 'certain' });
    expect(value.ruledOut.map(({ cause }) => cause)).toContain('stale-cached-image');
    expect(code).toBe(0);
  });

  it('is proven once the tag means another image, and says that a restart does not help', async () => {
    await registry.push('mycompany/web', TAG, 'mended');
    const pod = await podThat('shop', 'web', RUNS);

    const { code, value } = await diagnose(kubeconfig, pod, 'shop', env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain', severity: 'P2' });
    expect(value.verdict.summary).toContain('a restart does not help');
    expect(value.findings[0]?.detail).toMatchObject({ pullPolicy: 'IfNotPresent', restartHelps: false });
    expect(value.remedies).toEqual([]);
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(value.calls.registry).toBeLessThanOrEqual(4);
  });

  it('stays so after a restart: the new pod starts from the same copy', async () => {
    const before = await podThat('shop', 'web', RUNS);
    await kubectl('rollout', 'restart', 'deployment/web', '-n', 'shop');
    const pod = await podThat('shop', 'web', RUNS, before);
    const { value } = await diagnose(kubeconfig, pod, 'shop', env);
    expect(value.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
  });

  it('is healthy again once the policy is Always', async () => {
    const before = await podThat('shop', 'web', RUNS);
    await apply(app({ ...shop, pullPolicy: 'Always' }));
    const pod = await podThat('shop', 'web', RUNS, before);
    const { value } = await diagnose(kubeconfig, pod, 'shop', env);
    expect(value.verdict.cause).toBe('healthy');
  });

  it('offers the restart where it would help: the policy is Always and the tag moved again', async () => {
    await registry.push('mycompany/web', TAG, 'newer still');
    const { value } = await diagnose(kubeconfig, 'deployment/web', 'shop', env);
    expect(value.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
    expect(value.verdict.summary).toContain('a restart pulls the new one');
    expect(value.remedies.map(({ id }) => id)).toEqual(['restart-rollout']);
  });

  it('stands before the crash that it explains', async () => {
    await registry.push('mycompany/worker', TAG, 'broken');
    const worker = { namespace: 'shop', name: 'worker', repository: 'mycompany/worker' };
    await apply(app({ ...worker, args: ['crash', "ModuleNotFoundError: No module named 'bookwyrm'"] }));
    await podThat('shop', 'worker', CRASHES);
    await registry.push('mycompany/worker', TAG, 'mended');

    const { value } = await diagnose(kubeconfig, 'deployment/worker', 'shop', env);

    expect(value.verdict).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
    expect(value.findings.map(({ cause }) => cause)).toEqual(['stale-cached-image', 'container-crashing']);
  });
});

describe(`a container that crashes with the right image, on ${runtime}`, () => {
  const words = "ModuleNotFoundError: No module named 'bookwyrm'";

  it('is no image matter; exit code and last words are named where logs may be read', async () => {
    await registry.push('mycompany/api', 'v1');
    await namespace('books');
    await grant('read-logs', 'books');
    const api = { namespace: 'books', name: 'api', repository: 'mycompany/api', tag: 'v1' };
    await apply(app(api));
    await podThat('books', 'api', RUNS);
    await apply(app({ ...api, args: ['crash', `${words} DB_PASSWORD=hunter2-canary`] }));
    const pod = await podThat('books', 'api', CRASHES);

    const { code, value, err } = await diagnose(kubeconfig, pod, 'books', env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'container-crashing', confidence: 'certain' });
    expect(value.findings).toHaveLength(1);
    expect(value.findings[0]?.detail).toMatchObject({
      exitCode: 1,
      lastLogLine: `${words} DB_PASSWORD=[masked]`,
      lastWorkingRevision: expect.stringMatching(/^1 /),
    });
    expect(value.ruledOut.map(({ cause }) => cause)).toContain('stale-cached-image');
    expect(value.lights).toEqual({ reference: 'good', credentials: 'good', reachability: 'good' });
    expect(value.gaps).toEqual([]);
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
    expect(JSON.stringify(value) + err).not.toContain('hunter2-canary');
  });

  it('prints the rule where they may not, and is as sure of the cause', async () => {
    await namespace('private');
    const api = { namespace: 'private', name: 'api', repository: 'mycompany/api', tag: 'v1' };
    await apply(app({ ...api, args: ['crash', words] }));
    const pod = await podThat('private', 'api', CRASHES);

    const { value } = await diagnose(kubeconfig, pod, 'private', env);

    expect(value.verdict).toMatchObject({ cause: 'container-crashing', confidence: 'certain' });
    expect(value.findings[0]?.detail).toMatchObject({ exitCode: 1, lastLogLine: null });
    expect(value.gaps.join(' ')).toContain('resources: ["pods/log"], verbs: ["get"]');
    expect(value.gaps.join(' ')).toContain('a Role in namespace private');
  });

  it('says that a container could not be started at all', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'lost', namespace: 'books', labels: { app: 'lost' } },
      spec: {
        hostNetwork: true,
        containers: [{ name: 'app', image: `${registry.host}/mycompany/api:v1`, command: ['/no-such-program'] }],
      },
    };
    await apply(pod);
    await podThat('books', 'lost', /CrashLoopBackOff|RunContainerError/);
    const { value } = await diagnose(kubeconfig, 'lost', 'books', env);
    expect(value.verdict.cause).toMatch(/^(?:container-crashing|not-an-image-problem)$/);
    expect(value.verdict.summary).toContain('no-such-program');
  });

  it('names the platform where the index holds no other', async () => {
    await registry.push('mycompany/arm', 'single');
    await pushIndex('mycompany/arm', 'v1', { os: 'linux', architecture: 'arm64' });
    await apply(app({ namespace: 'books', name: 'arm', repository: 'mycompany/arm', tag: 'v1' }));
    await podThat('books', 'arm', /ErrImagePull|ImagePullBackOff/);
    const { value } = await diagnose(kubeconfig, 'deployment/arm', 'books', env);
    expect(value.verdict).toMatchObject({ cause: 'platform-mismatch', confidence: 'certain' });
    expect(value.verdict.summary).toContain('linux/arm64');
  });

  it('suspects the platform where the program cannot be executed and the registry lists none', async () => {
    const program = join(dir, 'foreign');
    writeFileSync(program, Buffer.from('7f454c4602010100', 'hex'), { mode: 0o755 });
    await registry.push('mycompany/foreign', 'v1', 'foreign', [program]);
    await apply(
      app({ namespace: 'books', name: 'foreign', repository: 'mycompany/foreign', tag: 'v1', command: '/foreign' }),
    );
    await podThat('books', 'foreign', CRASHES);
    const { value } = await diagnose(kubeconfig, 'deployment/foreign', 'books', env);
    expect(value.verdict).toMatchObject({ cause: 'platform-mismatch', confidence: 'likely' });
    expect(value.verdict.summary).toContain('exec format error');
    expect(value.verdict.alternatives).toContain('container-crashing');
  });

  it('names an image that no node has where the policy is Never', async () => {
    await apply(app({ namespace: 'books', name: 'never', repository: 'mycompany/never', pullPolicy: 'Never' }));
    await podThat('books', 'never', /ErrImageNeverPull/);
    const { value } = await diagnose(kubeconfig, 'deployment/never', 'books', env);
    expect(value.verdict).toMatchObject({ cause: 'never-pull-policy', confidence: 'certain' });
  });
});
