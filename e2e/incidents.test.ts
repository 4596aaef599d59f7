/**
 * The incidents that the source runbooks tell of, each with what must and must not be said about it. Where each is played:
 *
 * - a tag computed anew, never pushed (…-17-54 beside …-17-52): diagnosis.test.ts; the same from an alert to the page: alert.test.ts
 * - wrong tag, repository, digest, registry, capitals, empty variable: causes.test.ts; a variable left in place: here
 * - no login, wrong login, login without the right, wrong key, type, namespace, account: causes.test.ts, registries.test.ts
 * - an expired or rotated login: here; put right by a button: remedy.test.ts; before anything is deployed: preflight.test.ts
 * - a Secret that is there and not attached: here and causes.test.ts (written too late)
 * - registry stopped, unknown name, timeout, reset, handshake, certificates, plain http: diagnosis.test.ts, causes.test.ts, registries.test.ts
 * - the bot, its workers, its store or its pager fail in the middle: worker-killed.test.ts
 * - rate limit, 5xx, a web page instead of a registry: causes.test.ts
 * - the scope grows over namespaces, one thread and one page for all: alert.test.ts
 * - the tag was pushed again and nodes keep the old image, crash included, restart or not: stale-image.test.ts
 * - the registry inside the cluster: never built, scaled to 0, crashing, behind a policy or a firewall: registry-in-cluster.test.ts
 * - init and ephemeral containers, several causes at once, Jobs and CronJobs, workloads without pods, pods of another runbook, and what
 *   only looks like an incident: here
 *
 * The trace through a CI system: lost-tag.test.ts.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Diagnosis } from '../src/diagnosis/diagnosis.ts';
import { accountKubeconfig, grant, installBase, rooms } from './support/account.ts';
import { apply, deployment, dir, eventually, kubectl, pullSecret, run, runtime, stuckPod } from './support/box.ts';
import { diagnose } from './support/cli.ts';
import { type Incident, PUBLIC, SHOP, shopper } from './support/incident.ts';
import { INCIDENTS } from './support/incidents.ts';
import { type Registry, startRegistry } from './support/registry.ts';

/** Seconds after the deployment within which kubelet, scheduler and controllers must have spoken; a CronJob waits for its minute. */
const PATIENCE = 150;
const namespaceOf = (incident: Incident): string => `incident-${INCIDENTS.indexOf(incident)}`;
/** For the scenarios that need more than one step. */
const ROOMS = ['incident-debug', 'incident-rollout', 'incident-unattached', 'incident-over', 'incident-rotated'];
let deployedAt = 0;
let registry: Registry;
let open: Registry;
let kubeconfig: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  registry = await startRegistry({ name: 'shop.box', address: '198.51.100.29', accounts: [shopper] });
  await registry.push('shop/web', 'v1');
  open = await startRegistry({ name: 'public.box', address: '198.51.100.30', accounts: [] });
  await open.push('shop/web', 'v1');
  await installBase();
  kubeconfig = await accountKubeconfig();
  const config = join(dir, 'incidents.yaml');
  writeFileSync(config, JSON.stringify({ registries: [SHOP, PUBLIC].map((host) => ({ host, plainHttp: true })) }));
  env = { PULLCHECK_CONFIG: config };
  await rooms([...INCIDENTS.map(namespaceOf), ...ROOMS]);
  for (const incident of INCIDENTS) if (incident.logs) await grant('read-logs', namespaceOf(incident));
  await apply(...INCIDENTS.flatMap((incident) => incident.objects(namespaceOf(incident))));
  deployedAt = performance.now();
});
afterAll(async () => {
  await registry?.remove();
  await open?.remove();
});

/** Everything that cluster and node say about a namespace, one thing a line. */
async function wordsOf(where: string): Promise<string> {
  const states = '{range .status.containerStatuses[*]}{.state.waiting.reason}{"\\n"}{end}';
  const init = states.replace('containerStatuses', 'initContainerStatuses');
  const pods = `-ojsonpath={range .items[*]}phase={.status.phase}{"\\n"}{.status.conditions[*].reason}{"\\n"}${states}${init}{end}`;
  const events = '-ojsonpath={range .items[*]}{.reason}: {.message}{"\\n"}{end}';
  const [seen, said] = await Promise.all([
    kubectl('get', 'pods', '-n', where, pods),
    kubectl('get', 'events', '-n', where, events),
  ]);
  return seen + said;
}

async function until(where: string, words: RegExp, seconds = 120): Promise<void> {
  await eventually(
    `${where}: ${words.source}`,
    async () => (words.test(await wordsOf(where)) ? true : undefined),
    seconds,
  );
}

function certainOf({ findings }: Diagnosis): readonly string[] {
  return findings.flatMap(({ cause, confidence }) => (confidence === 'certain' ? [cause] : []));
}

describe(`incidents on ${runtime}`, () => {
  it.each(INCIDENTS)('$name', async (incident) => {
    const where = namespaceOf(incident);
    await until(where, incident.until, Math.max(3, PATIENCE - (performance.now() - deployedAt) / 1000));

    const { code, value } = await diagnose(kubeconfig, incident.target ?? 'web', where, env);

    const { cause, confidence, summary } = value.verdict;
    expect({ summary, cause, known: incident.may.includes(cause) }).toMatchObject({ known: true });
    expect({ summary, certain: confidence === 'certain' }).toMatchObject({ certain: incident.certain });
    expect([...incident.may, ...(incident.also ?? [])]).toEqual(expect.arrayContaining(certainOf(value).slice()));
    for (const found of incident.finds ?? []) expect(value.findings).toContainEqual(expect.objectContaining(found));
    expect({ summary, left: incident.says.filter((said) => !summary.includes(said)) }).toEqual({ summary, left: [] });
    expect(summary).not.toMatch(incident.never);
    expect(code).toBe(cause === 'healthy' ? 0 : 1);
    expect(JSON.stringify(value)).not.toContain('canary');
    expect(value.calls.kubernetes).toBeLessThanOrEqual(12);
  });

  it('an ephemeral container whose tag is missing: named, and the pod around it runs', async () => {
    const where = 'incident-debug';
    await apply(
      pullSecret({ namespace: where, name: 'regcred' }, SHOP, shopper),
      deployment({ namespace: where, name: 'web', image: `${SHOP}/shop/web:v1`, pullSecret: 'regcred' }),
    );
    await until(where, /phase=Running/);
    const name = (await kubectl('get', 'pods', '-n', where, '-o', 'jsonpath={.items[0].metadata.name}')).trim();
    const image = `--image=${SHOP}/shop/tools:latest`;
    await kubectl('debug', name, '-n', where, image, '--container=tools', '--attach=false', '--profile=general');
    await until(where, /tools:latest: not found/);

    const { code, value } = await diagnose(kubeconfig, name, where, env);

    expect(code).toBe(1);
    expect(value.verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'certain', severity: 'P2' });
    expect(value.verdict.summary).toContain('tools');
    expect(value.findings.map(({ container }) => container)).toEqual(['tools']);
  });

  it('a rollout that is stuck behind its running predecessor: the new revision is named, the old one is not blamed', async () => {
    const where = 'incident-rollout';
    const web = { namespace: where, name: 'web', image: `${SHOP}/shop/web:v1`, pullSecret: 'regcred' };
    await apply(pullSecret({ namespace: where, name: 'regcred' }, SHOP, shopper), deployment(web));
    await until(where, /phase=Running/);
    await apply(deployment({ ...web, image: `${SHOP}/shop/web:v2` }));
    await until(where, /web:v2: not found/);

    const { value } = await diagnose(kubeconfig, 'deployment/web', where, env);

    expect(value.verdict).toMatchObject({ cause: 'tag-not-found', confidence: 'certain' });
    expect(value.findings.map(({ image }) => image)).toEqual([`${SHOP}/shop/web:v2`]);
    expect(JSON.stringify(value.steps)).toContain('revision 1');
  });

  it('a Secret that lies in the namespace and that no pod names', async () => {
    const where = 'incident-unattached';
    await grant('find-pull-secrets', where);
    await apply(
      pullSecret({ namespace: where, name: 'regcred' }, SHOP, shopper),
      deployment({ namespace: where, name: 'web', image: `${SHOP}/shop/web:v1` }),
    );
    const name = await stuckPod(where, 'web');
    const { value } = await diagnose(kubeconfig, name, where, env);
    expect(value.verdict).toMatchObject({ cause: 'pull-secret-not-attached', confidence: 'certain' });
    expect(value.verdict.summary).toContain('regcred');
    expect(value.lights).toMatchObject({ credentials: 'bad', reachability: 'good' });
  });

  it('a failed pull that is over: the tag was pushed in the meantime', async () => {
    const where = 'incident-over';
    await apply(
      pullSecret({ namespace: where, name: 'regcred' }, SHOP, shopper),
      deployment({ namespace: where, name: 'web', image: `${SHOP}/shop/web:late`, pullSecret: 'regcred' }),
    );
    await stuckPod(where, 'web');
    await registry.push('shop/web', 'late');
    await until(where, /phase=Running/);
    const { code, value } = await diagnose(kubeconfig, 'deployment/web', where, env);
    expect({ code, cause: value.verdict.cause }).toEqual({ code: 0, cause: 'healthy' });
  });

  // The last one: the password is changed for everybody.
  it('the login is rotated at the registry: what runs goes on, what starts anew is refused, and the image is not blamed', async () => {
    const where = 'incident-rotated';
    await apply(
      pullSecret({ namespace: where, name: 'regcred' }, SHOP, shopper),
      deployment({ namespace: where, name: 'web', image: `${SHOP}/shop/web:v1`, pullSecret: 'regcred' }),
    );
    await until(where, /phase=Running/);
    await registry.accounts([{ user: shopper.user, password: 'rotated-canary' }]);
    const before = await diagnose(kubeconfig, 'deployment/web', where, env);
    expect(before.value.verdict.cause).toBe('healthy');
    expect((await run('kubectl', ['delete', 'pods', '--all', '-n', where])).code).toBe(0);
    const name = await stuckPod(where, 'web');

    const { value } = await diagnose(kubeconfig, name, where, env);

    expect(value.verdict).toMatchObject({ cause: 'credentials-rejected', confidence: 'certain', severity: 'P1' });
    expect(value.lights).toMatchObject({ credentials: 'bad', reachability: 'good' });
    expect(certainOf(value)).toEqual(['credentials-rejected']);
    expect(JSON.stringify(value)).not.toContain('canary');
  });
});
