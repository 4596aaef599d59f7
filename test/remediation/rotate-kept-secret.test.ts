/** A pull secret that something else writes: a rotation that would not last is not made, or says so before anybody confirms it. */
import { describe, expect, it } from '@jest/globals';
import { managedBy } from '../../src/evidence/managed-by.ts';
import { observed } from '../../src/evidence/observation.ts';
import { rotatePullSecret } from '../../src/remediation/remedies/rotate-pull-secret.ts';
import {
  access,
  anyone,
  aSecret,
  attempt,
  diagnose,
  evidence,
  HOST,
  podLogin,
  wrongLogin,
  wrongPassword,
} from '../diagnosis/support.ts';
import { aStory } from '../support/readers.ts';
import { aContainer, aPod, aPullSecret } from '../support/snapshots.ts';
import { fakePorts, signal } from './fakes.ts';

const keeper = (owner: string, labels: Record<string, string> = {}) => {
  const found = managedBy({ owners: owner === '' ? [] : [{ kind: owner, name: 'login' }], labels, annotations: {} });
  if (found === undefined) throw new Error('no keeper');
  return found;
};
const EXTERNAL = keeper('ExternalSecret');
const HELM = keeper('', { 'app.kubernetes.io/managed-by': 'Helm' });
const image = 'registry.example.com/team/api:1';
const params = {
  namespace: 'staging',
  secret: 'regcred',
  entry: 'registry.example.com',
  registry: 'registry.example.com',
  image,
  resourceVersion: '77',
};

function world(managed: typeof EXTERNAL) {
  const pods = [aPod({ containers: [aContainer({ image })] })];
  const secret = aPullSecret({ password: 'old', managedBy: managed });
  return fakePorts(aStory({ pods, secrets: [secret] }), { username: 'fresh', password: 'new' });
}

describe('rotating a Secret that another controller writes', () => {
  it('is refused where it would be written over at once, and nothing is touched', async () => {
    const ports = world(EXTERNAL);
    for (const mode of ['dry-run', 'apply'] as const) {
      expect(await rotatePullSecret.run(params, ports, mode, signal)).toEqual({
        kind: 'refused',
        reason: expect.stringContaining('kept by External Secrets (owner ExternalSecret/login)'),
      });
    }
    expect(ports.writes).toEqual([]);
  });

  it('says in the preview that the next release may write it back, and where the change belongs', async () => {
    const outcome = await rotatePullSecret.run(params, world(HELM), 'dry-run', signal);
    expect(outcome).toMatchObject({ kind: 'planned' });
    expect(outcome.kind === 'planned' && outcome.plan.consequences[0]).toBe(
      'secret/regcred is kept by Helm (label app.kubernetes.io/managed-by=Helm), whose next run may write its own content back. Change it where that tool takes it from as well.',
    );
  });

  it('is not offered where it would be refused; the finding says where the change belongs', () => {
    for (const [managed, offered] of [
      [EXTERNAL, false],
      [HELM, true],
    ] as const) {
      const secret = observed({ ...aSecret, managedBy: managed });
      const given = evidence({
        pullSecrets: observed([{ name: 'regcred', via: 'pod', secret }]),
        registryAccess: access(attempt(podLogin, wrongLogin, wrongPassword), attempt(anyone, wrongLogin)),
      });
      const [finding] = diagnose(given).findings;
      if (finding === undefined) throw new Error('no finding');
      expect(finding).toMatchObject({ cause: 'credentials-rejected', detail: { keptBy: managed.controller } });
      expect(finding.fix).toContain(`kept by ${managed.controller}`);
      const target = { cluster: 'test', namespace: 'staging', kind: 'Pod', name: 'api-1' } as const;
      const proposed = rotatePullSecret.propose({ target, finding, evidence: given, credentialHosts: [HOST] });
      expect(proposed !== undefined).toBe(offered);
    }
  });
});
