/**
 * One fault a namespace, made on purpose, and what is said about it: the verdict names the cause, what is wrong, where, and what to do,
 * and nothing else is ever called certain. Everything is deployed at once, so that the kubelet limits its own pulls too, as in an outage.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../src/diagnosis/diagnosis.ts';
import { accountKubeconfig, grant, installBase, rooms } from './support/account.ts';
import {
  addressFor,
  allowPlainHttp,
  apply,
  deployment,
  dir,
  eventually,
  kubectl,
  namespace,
  run,
  runtime,
  stuckPod,
} from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { bad, dockercfg, type Fault, GOOD, pod, secret } from './support/fault.ts';
import { FAULTS } from './support/faults.ts';
import { DOOR, startOddRegistry } from './support/odd-registry.ts';
import { type Registry, startRegistry } from './support/registry.ts';

let registry: Registry;
let closeOdd: () => void;
let folder: string;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({
    name: 'good.box',
    address: '198.51.100.40',
    accounts: [{ user: 'bot', password: 'right-canary' }],
  });
  await registry.push('shop/web', 'v1');
  await registry.push('shop/api', 'v1');
  for (const name of ['odd.box', 'http-only.box', 'tls.box']) await addressFor(name, '198.51.100.41');
  await addressFor('foreign.box', '198.51.100.44');
  const plain = [`odd.box:${DOOR.http}`, `odd.box:${DOOR.bearer}`, `tls.box:${DOOR.privateCa}`, 'nowhere.box:5000'];
  for (const host of plain) allowPlainHttp(host);
  folder = mkdtempSync(join(tmpdir(), 'pullcheck-e2e-odd-'));
  mkdirSync(folder, { recursive: true });
  closeOdd = await startOddRegistry('198.51.100.41', 'odd.box', folder);
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'causes.yaml');
  const registries = [GOOD, ...plain].map((host) => ({ host, plainHttp: true }));
  writeFileSync(config, JSON.stringify({ registries }));
  env = { PULLCHECK_CONFIG: config };
  await rooms(FAULTS.map(({ name }) => `fault-${name}`));
  for (const { name, finds, logs } of FAULTS) {
    if (finds) await grant('find-pull-secrets', `fault-${name}`);
    if (logs) await grant('read-logs', `fault-${name}`);
  }
  await apply(...FAULTS.flatMap(({ name, objects }) => objects(`fault-${name}`)));
});
afterAll(async () => {
  closeOdd?.();
  await registry?.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface PodView {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly { readonly state: { readonly waiting?: { readonly reason: string } } }[];
  };
}

/** The pod, once the kubelet or the scheduler has said what is wrong with it (and not only that it limits its own pulls). */
async function failedPod(where: string): Promise<string> {
  return eventually(
    `a failure in ${where}`,
    async () => {
      const list: { items: PodView[] } = JSON.parse(await kubectl('get', 'pods', '-n', where, '-o', 'json'));
      const name = list.items[0]?.metadata.name;
      if (name === undefined) return undefined;
      const reason = list.items[0]?.status.containerStatuses?.[0]?.state.waiting?.reason ?? '';
      if (/^(?:Invalid|ErrImageNever|CreateContainer|CrashLoop|illegal base64)/.test(reason)) return name;
      const events = await kubectl(
        'get',
        'events',
        '-n',
        where,
        '-o',
        'jsonpath={range .items[*]}{.message}{"\\n"}{end}',
      );
      return /^(?:Failed to pull image .*(?<!pull QPS exceeded)|0\/1 nodes .* node affinity\/selector.*)$/m.test(events)
        ? name
        : undefined;
    },
    150,
  );
}

/** What holds for every diagnosis, whatever is wrong. */
function neverBoasts(value: Diagnosis, may: readonly string[]): void {
  const boasts = value.findings.filter(({ cause, confidence }) => confidence === 'certain' && !may.includes(cause));
  expect(boasts).toEqual([]);
  expect(may).toContain(value.verdict.cause);
  expect(JSON.stringify(value)).not.toContain('canary');
}

/** The sentence that a person reads: all that it must say, and nothing that leads astray. */
function tells({ verdict: { summary } }: Diagnosis, { says, never }: Pick<Fault, 'says' | 'never'>): void {
  expect({ summary, left: says.filter((words) => !summary.includes(words)) }).toEqual({ summary, left: [] });
  expect(summary).not.toMatch(never);
}

/** The commands of the verdict's finding, as a person would paste them. */
async function typed({ findings, verdict }: Diagnosis): Promise<void> {
  const commands = findings.find(({ cause }) => cause === verdict.cause)?.commands ?? [];
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    const { code, err } = await run('sh', ['-c', command]);
    expect({ command, code, err: code === 0 ? '' : err }).toEqual({ command, code: 0, err: '' });
  }
}

async function running(where: string): Promise<void> {
  await eventually(`a pod runs in ${where}`, async () => {
    const phase = await kubectl('get', 'pod', 'web', '-n', where, '-o', 'jsonpath={.status.phase}');
    return phase === 'Running' ? true : undefined;
  });
}

describe(`faults on ${runtime}`, () => {
  it.each(FAULTS)('$name', async ({ name, cause, certain, lights, says, never }) => {
    const found = await failedPod(`fault-${name}`);
    const { code, value, err } = await diagnose(kubeconfig, found, `fault-${name}`, env);
    neverBoasts(value, [cause]);
    expect(value.verdict.confidence === 'certain').toBe(certain);
    expect(value.lights).toMatchObject(lights);
    tells(value, { says, never });
    expect(code).toBe(1);
    expect(err).not.toContain('canary');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it('a pod deleted while it waits for its image: the kubelet’s made-up exit code is no crash', async () => {
    const where = await namespace('fault-deleted');
    await grant('read-pull-secrets', where);
    const waiting = pod(where, `${GOOD}/shop/web:nope`, { secrets: ['regcred'], finalizers: ['pullcheck.test/hold'] });
    await apply(secret(where), waiting);
    const name = await failedPod(where);
    await kubectl('delete', 'pod', name, '-n', where, '--wait=false');
    await eventually('the made-up end', async () => {
      const text = await kubectl(
        'get',
        'pod',
        name,
        '-n',
        where,
        '-o',
        'jsonpath={.status.containerStatuses[0].state}',
      );
      return text.includes('terminated') ? true : undefined;
    });
    try {
      const { value } = await diagnose(kubeconfig, name, where, env);
      neverBoasts(value, ['tag-not-found']);
    } finally {
      await kubectl('patch', 'pod', name, '-n', where, '--type=merge', '-p', '{"metadata":{"finalizers":null}}');
    }
  });

  it('an account that got its Secret after the pod was made: the pod does not have it', async () => {
    const where = await namespace('fault-late');
    await grant('read-pull-secrets', where);
    await apply(secret(where), pod(where, `${GOOD}/shop/web:v1`));
    const name = await failedPod(where);
    const list = JSON.stringify({ imagePullSecrets: [{ name: 'regcred' }] });
    await kubectl('patch', 'serviceaccount', 'default', '-n', where, '-p', list);
    const { value } = await diagnose(kubeconfig, name, where, env);
    neverBoasts(value, ['pull-secret-not-attached']);
  });

  it('every pod with one Secret is refused, and others pull without it: the Secret is named, and it is nobody’s own', async () => {
    const where = await namespace('fault-shared');
    await grant('read-pull-secrets', where);
    const image = (name: string) => ({ namespace: where, name, image: `${GOOD}/shop/${name}:v1` });
    await apply(
      secret(where, { account: bad }),
      secret(where, { name: 'second' }),
      deployment({ ...image('web'), pullSecret: 'regcred' }),
      deployment({ ...image('api'), pullSecret: 'regcred' }),
    );
    for (const app of ['web', 'api']) await stuckPod(where, app);
    await apply(deployment({ ...image('web'), name: 'well', pullSecret: 'second' }));
    await kubectl('rollout', 'status', 'deployment/well', '-n', where, '--timeout=120s');

    const { value } = await diagnose(kubeconfig, 'deployment/web', where, env);

    neverBoasts(value, ['credentials-rejected']);
    const { summary, severity, told } = value.verdict;
    expect(summary).toMatch(
      new RegExp(
        `all 2 pods that use Secret ${where}/regcred fail, while \\d+ other pods? pulled from ${GOOD} since .* without it`,
      ),
    );
    expect({ severity, owner: told?.owner }).toEqual({ severity: 'P1', owner: 'platform' });
  });

  it('two Secrets, the first one rejected: the kubelet takes the second, and nobody is alarmed', async () => {
    const where = await namespace('fault-two');
    await grant('read-pull-secrets', where);
    const secrets = [secret(where, { name: 'first', account: bad }), dockercfg(where, 'second')];
    await apply(...secrets, pod(where, `${GOOD}/shop/web:v1`, { secrets: ['first', 'second'] }));
    await eventually('it runs', async () => {
      const phase = await kubectl('get', 'pod', 'web', '-n', where, '-o', 'jsonpath={.status.phase}');
      return phase === 'Running' ? true : undefined;
    });
    const { code, value } = await diagnose(kubeconfig, 'web', where, env);
    expect({ code, cause: value.verdict.cause }).toEqual({ code: 0, cause: 'healthy' });
  });

  it('a Secret that exists only in another namespace: it is found, and the command that is printed mends the pull', async () => {
    const [here, there] = [await namespace('fault-elsewhere'), await namespace('fault-home')];
    await grant('read-pull-secrets', here);
    await apply(secret(there, { name: 'team-login' }));
    await apply(pod(here, `${GOOD}/shop/web:v1`, { secrets: ['team-login'] }));
    const name = await failedPod(here);
    const unseen = await diagnose(kubeconfig, name, here, env);
    neverBoasts(unseen.value, ['pull-secret-missing']);
    expect(unseen.value.gaps.join()).toContain('resources: ["secrets"], verbs: ["list"]');
    const overlay = ['-k', 'deploy/overlays/find-pull-secrets-everywhere'];
    await kubectl('apply', ...overlay);
    try {
      const { value } = await eventually('the right to look everywhere', async () => {
        const seen = await diagnose(kubeconfig, name, here, env);
        return seen.value.gaps.length === 0 ? seen : undefined;
      });
      neverBoasts(value, ['pull-secret-wrong-namespace']);
      expect(value.verdict.summary).toContain(`only in ${there}`);
      await typed(value);
      await kubectl('delete', 'pod', name, '-n', here);
      await apply(pod(here, `${GOOD}/shop/web:v1`, { secrets: ['team-login'] }));
      await running(here);
    } finally {
      await kubectl('delete', ...overlay);
    }
  });

  it.each(['unattached', 'unattached-opaque', 'opaque'])('what is printed for %s mends it', async (fault) => {
    const where = `fault-${fault}`;
    const found = await failedPod(where);
    await typed((await diagnose(kubeconfig, found, where, env)).value);
    await kubectl('delete', 'pod', found, '-n', where);
    await apply(pod(where, `${GOOD}/shop/web:v1`, { secrets: fault === 'opaque' ? ['regcred'] : [] }));
    await running(where);
  });

  it('the bot does not know that the nodes use plain http: its own failure is never the verdict’s certainty', async () => {
    for (const [name, may] of [
      ['bearer-forbidden', ['http-vs-https', 'unauthorized', 'forbidden', 'not-found-or-unauthorized']],
      ['cut', ['connection-reset']],
      ['tag', ['image-not-found']],
    ] as const) {
      const found = await failedPod(`fault-${name}`);
      const { value } = await diagnose(kubeconfig, found, `fault-${name}`);
      neverBoasts(value, may);
      expect(value.verdict.confidence).not.toBe('certain');
      expect(JSON.stringify(value)).toContain('plainHttp: true');
    }
  });
});
