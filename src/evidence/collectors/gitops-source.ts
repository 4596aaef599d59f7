import type { ImageReference } from '../../image/reference.ts';
import { findManifest } from '../collect-gitops-manifest.ts';
import { originOf } from '../collect-gitops-origin.ts';
import { defineCollector, type Outside } from '../collector.ts';
import { isMissing } from '../elsewhere.ts';
import type { ManifestSource } from '../gitops.ts';
import { conventionalPath, type Sought } from '../gitops-files.ts';
import type { FoundManifest, GitOpsSource } from '../gitops-source.ts';
import { blockedBy, notCollected, type Observation, observed, valueOf } from '../observation.ts';

/**
 * Where the manifest of a workload is that Argo CD or Flux writes: asked only where its image is at fault, because the fix belongs there
 * and not in the live object.
 */
export const gitopsSource = defineCollector({
  kind: 'gitopsSource',
  needs: ['workload', 'reference', 'registryAccess', 'runningImage'],
  collect: async (read, outside) => {
    const workload = await read('workload');
    if (workload.status !== 'observed') return blockedBy('the workload', workload);
    const owner = workload.value.gitOps;
    if (owner === undefined) return notCollected('no mark of Argo CD or Flux is on the workload');
    const parsed = await read('reference');
    if (parsed.status !== 'observed') return blockedBy('the image', parsed);
    if (!parsed.value.ok) return notCollected('the image reference is not well formed');
    const access = await read('registryAccess');
    if (access.status !== 'observed') return blockedBy('the registry', access);
    if (!isMissing(access.value) && valueOf(await read('runningImage'))?.match !== 'different') {
      return notCollected('the image that it asks for is not at fault');
    }
    const { namespace, kind, name } = workload.value;
    const sought: Sought = { namespace, kind, name, owner };
    const origin = await originOf(sought, outside);
    if (!owner.isSure && origin.status !== 'observed') {
      return notCollected(`${owner.sign} may be anybody’s, and no Application of that name names the workload`);
    }
    const manifest = await manifestOf(origin, sought, parsed.value.reference, outside);
    const found: GitOpsSource = { owner, origin, manifest, convention: conventionalPath(sought) };
    return observed(found);
  },
});

async function manifestOf(
  origin: Observation<readonly ManifestSource[]>,
  sought: Sought,
  image: ImageReference,
  { codeHost, signal }: Outside,
): Promise<Observation<FoundManifest>> {
  if (origin.status !== 'observed') return blockedBy('where it deploys from', origin);
  if (codeHost === undefined) {
    return notCollected('no code host is configured; set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY');
  }
  return findManifest(origin.value, { host: codeHost, sought, image, signal });
}
