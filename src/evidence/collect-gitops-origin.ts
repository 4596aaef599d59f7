/** From the mark on a workload to the repository that its controller deploys from: one to three questions to the cluster. */
import type { Outside } from './collector.ts';
import type { GitOpsObject, GitOpsOwner, ManifestSource } from './gitops.ts';
import { absent, notCollected, type Observation, observed } from './observation.ts';

export interface OwnedObject {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly owner: GitOpsOwner;
}

type Asking = Pick<Outside, 'cluster' | 'signal'>;

/** Never `absent` for a sure owner without a reason: the mark says that there is one. */
export async function originOf(object: OwnedObject, asking: Asking): Promise<Observation<readonly ManifestSource[]>> {
  const { owner } = object;
  switch (owner.controller) {
    case 'argo-cd':
      return ofApplication(object, asking);
    case 'flux-kustomize':
      return ofKustomization(owner, asking);
    case 'flux-helm':
      return ofRelease(owner, asking);
  }
}

async function ofApplication(
  { namespace, kind, name, owner }: OwnedObject,
  { cluster, signal }: Asking,
): Promise<Observation<readonly ManifestSource[]>> {
  const place = owner.namespace === undefined ? {} : { namespace: owner.namespace };
  const seen = await cluster.gitOps({ kind: 'Application', name: owner.application, ...place }, signal);
  if (seen.status !== 'observed') return seen;
  const mine = seen.value.filter(({ manages }) => manages.includes(`${kind}/${namespace}/${name}`));
  const near = seen.value.filter(({ destination }) => destination === namespace);
  // A label that anyone writes is no owner before the Application itself names the object.
  const chosen = mine.length > 0 || !owner.isSure ? mine : near.length > 0 ? near : seen.value;
  const [first, second] = chosen;
  if (first === undefined) return absent;
  if (second !== undefined) {
    const where = chosen.map((one) => one.namespace).join(', ');
    return notCollected(`several Applications are called ${owner.application} (in ${where})`);
  }
  return observed(first.sources);
}

async function one(
  kind: GitOpsObject['kind'],
  ref: { readonly namespace?: string; readonly name: string },
  { cluster, signal }: Asking,
): Promise<Observation<GitOpsObject>> {
  if (ref.namespace === undefined) return notCollected(`the label does not say in which namespace the ${kind} is`);
  const seen = await cluster.gitOps({ ...ref, namespace: ref.namespace, kind }, signal);
  if (seen.status !== 'observed') return seen;
  const [object] = seen.value;
  return object === undefined ? absent : observed(object);
}

async function ofKustomization(
  owner: Pick<GitOpsOwner, 'application' | 'namespace'>,
  asking: Asking,
): Promise<Observation<readonly ManifestSource[]>> {
  const place = owner.namespace === undefined ? {} : { namespace: owner.namespace };
  const seen = await one('Kustomization', { ...place, name: owner.application }, asking);
  return seen.status === 'observed' ? inRepository(seen.value, asking) : seen;
}

async function inRepository(object: GitOpsObject, asking: Asking): Promise<Observation<readonly ManifestSource[]>> {
  const { sourceRef } = object;
  if (sourceRef?.kind !== 'GitRepository') {
    return notCollected(
      `${object.kind} ${object.namespace}/${object.name} takes its files from ${sourceRef?.kind ?? 'nothing that it names'}, not from a GitRepository`,
    );
  }
  const seen = await one('GitRepository', sourceRef, asking);
  if (seen.status !== 'observed') return seen;
  const [repository] = seen.value.sources;
  if (repository === undefined) return absent;
  const { path: _root, overrides: _none, valueFiles: _nothing, ...where } = repository;
  return observed(object.sources.map((source) => ({ ...source, ...where })));
}

/** The values of a release stand in its own manifest, which a Kustomization writes; else in the chart's files. */
async function ofRelease(owner: GitOpsOwner, asking: Asking): Promise<Observation<readonly ManifestSource[]>> {
  const place = owner.namespace === undefined ? {} : { namespace: owner.namespace };
  const seen = await one('HelmRelease', { ...place, name: owner.application }, asking);
  if (seen.status !== 'observed') return seen;
  const release = seen.value;
  if (release.owner?.controller !== 'flux-kustomize') return inRepository(release, asking);
  const above = await ofKustomization(release.owner, asking);
  if (above.status !== 'observed') return above;
  // What the release sets is what stands in its file there: nothing that overrides it.
  return above;
}
