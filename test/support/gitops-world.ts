/** A Deployment `api` whose tag was never pushed, written by Argo CD or Flux from `acme/deploy`; and the diagnosis of its pod. */
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { GitOpsObject, GitOpsOwner, ManifestSource } from '../../src/evidence/gitops.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from './clock.ts';
import {
  aRepository,
  aSha,
  type CodeStory,
  type CodeTrouble,
  fakeCodeHost,
  type RepositoryStory,
} from './fake-code-host.ts';
import { aStory, fakeCluster, fakeRegistry, type Instead } from './readers.ts';
import { shippedRunbook } from './runbooks.ts';
import { aContainer, aFailedEvent, aPod, aRevision, aWorkload } from './snapshots.ts';

const runbook = shippedRunbook('image-pull');
export const REPOSITORY = 'registry.example.com/team/api';
export const ASKED = `${REPOSITORY}:a1b2c3d-2026-03-19-17-54`;
export const PUSHED = `${REPOSITORY}:a1b2c3d-2026-03-19-17-52`;
export const TAG = ASKED.slice(REPOSITORY.length + 1);
export const SHA = aSha('deploy');
const POD = 'api-7d9c5-x2x7k';

export function manifest(image = ASKED, name = 'api'): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - name: api
          image: ${image} # set by CI
`;
}
export function aSource(over: Partial<ManifestSource> = {}): ManifestSource {
  const repoUrl = 'https://github.com/acme/deploy.git';
  return { repoUrl, path: 'apps/staging', isPinned: false, valueFiles: [], overrides: [], ...over };
}
export function anObject(over: Partial<GitOpsObject> = {}): GitOpsObject {
  const own = ['Deployment/staging/api'];
  return { kind: 'Application', namespace: 'argocd', name: 'shop', sources: [aSource()], manages: own, ...over };
}
export const argo: GitOpsOwner = { controller: 'argo-cd', application: 'shop', sign: 'annotation x', isSure: true };
export const flux: GitOpsOwner = {
  controller: 'flux-kustomize',
  application: 'apps',
  namespace: 'flux-system',
  sign: 'label x',
  isSure: true,
};
export const release: GitOpsOwner = { ...flux, controller: 'flux-helm', application: 'api', namespace: 'staging' };

interface World {
  readonly owner?: GitOpsOwner | 'nobody';
  readonly objects?: readonly GitOpsObject[];
  readonly files?: Readonly<Record<string, string>>;
  readonly instead?: Instead;
  readonly trouble?: CodeTrouble;
  readonly noHost?: boolean;
  /** Branch -> its newest pull request. */
  readonly pulls?: RepositoryStory['pulls'];
}

export function codeStory({
  files = { 'apps/staging/api-deployment.yaml': manifest() },
  trouble,
  pulls = {},
}: World): CodeStory {
  const repository = aRepository({
    commits: [{ sha: SHA, title: 'Deploy' }],
    refs: { main: SHA, live: SHA },
    files: { [SHA]: files },
    pulls,
  });
  return { repositories: { 'acme/deploy': repository }, ...(trouble ? { trouble } : {}) };
}

export async function diagnose(world: World = {}) {
  const { owner = argo, objects = [anObject()], instead = {} } = world;
  const story = aStory({
    pods: [aPod({ containers: [aContainer({ image: ASKED })] })],
    events: { [`uid-${POD}`]: [aFailedEvent({ message: `Failed to pull image "${ASKED}": not found` })] },
    workloads: [aWorkload({ images: { api: ASKED }, ...(owner === 'nobody' ? {} : { gitOps: owner }) })],
    revisions: [aRevision({ images: { api: ASKED } })],
    gitOps: objects,
  });
  const cluster = fakeCluster(story, instead);
  const host = fakeCodeHost(codeStory(world));
  const run = makeDiagnose({
    clock: createManualClock(),
    readers: () => ({
      cluster,
      registry: fakeRegistry(undefined, ['1.4.0', PUSHED.slice(REPOSITORY.length + 1)]),
      ...(world.noHost ? {} : { codeHost: host }),
    }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const diagnosis = await run({ request: { name: POD, namespace: 'staging' }, signal: new AbortController().signal });
  const offered = diagnosis.remedies.map(({ id }) => id);
  return { diagnosis, summary: diagnosis.verdict.summary, offered, calls: cluster.calls, asked: host.calls };
}
export const gitOpsCalls = (calls: readonly string[]) => calls.filter((call) => call.startsWith('gitOps '));
