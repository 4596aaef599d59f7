/** What every remedy promises: its name is its file's, and a dry run leaves no trace. */
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { Sealed } from '../../src/sealed.ts';
import { fakeCodeWriter, PATH, pipelineStory } from './code-host.ts';
import { NEW, OLD, type RemedyWorld, startRemedyWorld, wrongPassword } from './world.ts';

let world: RemedyWorld;
beforeEach(async () => {
  world = await startRemedyWorld();
});
afterEach(async () => {
  await world.stop();
});

const KINDS = ['Secret', 'Pod', 'Deployment', 'ReplicaSet', 'ServiceAccount', 'Event'];
function dump(): string {
  return JSON.stringify(KINDS.map((kind) => world.cluster.world.list(kind)));
}

describe('the remedies', () => {
  it('are named after their files, each once', () => {
    const files = readdirSync('src/remediation/remedies').filter((file) => file !== 'index.ts');
    expect(REMEDIES.map(({ id }) => `${id}.ts`).toSorted()).toEqual(files.toSorted());
  });

  it.each(REMEDIES.map((remedy) => ({ remedy, id: remedy.id })))(
    '$id: a dry run changes nothing',
    async ({ id, remedy }) => {
      await wrongPassword(world);
      const { registry } = world;
      const params: Record<string, Record<string, unknown>> = {
        'rotate-pull-secret': {
          namespace: 'staging',
          secret: 'regcred',
          entry: registry.host,
          registry: registry.host,
          image: `${registry.host}/team/api:1.4.2`,
          resourceVersion: world.cluster.world.get('Secret', 'staging', 'regcred')?.metadata.resourceVersion,
        },
        'restart-rollout': {
          namespace: 'staging',
          kind: 'Deployment',
          name: 'api',
          images: [`api=${registry.host}/team/api:1.4.2`],
        },
        'set-image': {
          namespace: 'staging',
          kind: 'Deployment',
          name: 'api',
          container: 'api',
          role: 'main',
          from: `${registry.host}/team/api:1.4.2`,
          to: `${registry.host}/team/api:1.4.3`,
        },
        'open-fix-pull-request': {
          repository: 'acme/shop',
          base: 'main',
          path: PATH,
          files: [],
          rule: 'needs-not-declared',
          ref: 'needs.build.outputs.image-tag',
          evidence: ['deploy read an empty tag'],
          run: 'https://github.com/acme/shop/actions/runs/17',
        },
        'open-gitops-pull-request': {
          repository: 'acme/shop',
          base: '',
          path: 'apps/staging/api-deployment.yaml',
          line: 1,
          from: `${registry.host}/team/api:1.4.2`,
          to: `${registry.host}/team/api:1.4.3`,
          owner: 'Argo CD application shop',
          evidence: ['nobody pushed 1.4.2'],
        },
        'rerun-build': {
          repository: 'acme/shop',
          id: 17,
          attempt: 1,
          url: 'https://github.com/acme/shop/actions/runs/17',
          image: `${registry.host}/team/api:1.4.3`,
        },
      };
      const host = fakeCodeWriter(
        pipelineStory(undefined, { 'apps/staging/api-deployment.yaml': `image: ${registry.host}/team/api:1.4.2\n` }),
      );
      registry.push('team/api', '1.4.3');
      if (id !== 'rotate-pull-secret') registry.allow('robot', new Sealed(OLD));
      const before = dump();
      const parsed = remedy.Params.parse(params[id]);
      const outcome = await remedy.run(
        parsed,
        { ...world.ports, codeHost: host.codeHost },
        'dry-run',
        AbortSignal.timeout(5000),
      );
      expect(outcome).toMatchObject({ kind: 'planned' });
      expect(dump()).toBe(before);
      expect([...host.opened, ...host.reran]).toEqual([]);
      expect(JSON.stringify(outcome)).not.toContain('canary');
      expect(remedy.object(parsed)).toMatch(/^(?:secret\/regcred|deployment\/api|(?:file|run)\/acme\/shop\/.+)$/);
      expect(remedy.command(parsed)).toMatch(/^(?:kubectl|gh) /);
      expect(() => remedy.Params.parse({ ...params[id], more: 1 })).toThrow();
    },
  );
});

describe('the canary', () => {
  it('stands in the cluster only: old and new password are in no plan, store, message, audit line or error', async () => {
    await wrongPassword(world);
    const [action] = await world.offer();
    if (!action) throw new Error('nothing is offered');
    const preview = await world.press(action);
    world.dies = { at: 'updateSecret', when: 'after' };
    await world.confirm(action);
    await world.pass(60_000);
    expect(await world.state(action)).toBe('done');
    const diagnosis = await world.diagnose('api');
    const kept = [preview, await world.stores.actions.get(action.id), await world.audit(), diagnosis];
    const shown = [[...world.slack.replies], world.settled, world.told, world.jobErrors, world.writes];
    const text = JSON.stringify([kept, shown, await world.stores.queue.depth()]);
    for (const password of [OLD, NEW]) {
      expect(text).not.toContain(password);
      expect(text).not.toContain(Buffer.from(`robot:${password}`).toString('base64'));
    }
    expect(world.secret()).toContain(NEW);
  });
});
