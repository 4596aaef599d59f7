/** Where does a change of the image belong? For what Argo CD or Flux writes, in a repository and not in the live object. Blames nobody. */
import type { FoundManifest } from '../../evidence/gitops-source.ts';
import { valueOf } from '../../evidence/observation.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { ownerName, whereToChange } from '../gitops-words.ts';
import { commandLine } from '../shell.ts';

export const manifestLocated = defineCheck({
  id: 'manifest-located',
  question: 'Where is the image written down?',
  needs: ['workload', 'reference', 'gitopsSource'],
  run(evidence): CheckResult {
    const { workload, reference, gitopsSource } = evidence;
    if (reference.status === 'observed' && gitopsSource.status === 'not-collected') {
      const owner = valueOf(workload)?.gitOps;
      const whose = owner?.isSure ? `; the workload is owned by ${ownerName(owner)}` : '';
      return { verdict: 'not-applicable', note: `${gitopsSource.reason}${whose}` };
    }
    if (gitopsSource.status === 'absent')
      return { verdict: 'not-applicable', note: 'the pod has no owner that could be written elsewhere' };
    if (gitopsSource.status !== 'observed') return couldNotLook({ gitopsSource });
    const note = whereToChange(evidence) ?? '';
    const { origin, manifest } = gitopsSource.value;
    const isFound = (found: FoundManifest) => found.places.length > 0 || found.changed !== undefined;
    return origin.status === 'observed' && manifest.status === 'observed' && isFound(manifest.value)
      ? { verdict: 'pass', note }
      : { verdict: 'inconclusive', note, missing: ['gitopsSource'] };
  },
  command({ gitopsSource }) {
    if (gitopsSource?.status !== 'observed') return undefined;
    const { controller, application, namespace } = gitopsSource.value.owner;
    const plural = {
      'argo-cd': 'applications.argoproj.io',
      'flux-kustomize': 'kustomizations.kustomize.toolkit.fluxcd.io',
      'flux-helm': 'helmreleases.helm.toolkit.fluxcd.io',
    }[controller];
    if (namespace !== undefined)
      return commandLine('kubectl', 'get', plural, application, '-n', namespace, '-o', 'yaml');
    return commandLine(
      'kubectl',
      'get',
      plural,
      '-A',
      '--field-selector',
      `metadata.name=${application}`,
      '-o',
      'yaml',
    );
  },
});
