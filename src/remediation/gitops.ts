/** Who would put a change of the live object back at once. */
import type { WorkloadSnapshot } from '../evidence/snapshots.ts';

/** Argo CD and Flux write what their repository says, within minutes; Helm and the like only at the next release. */
export function isGitOps({ managedBy, gitOps }: Pick<WorkloadSnapshot, 'managedBy' | 'gitOps'>): boolean {
  if (gitOps?.isSure) return true;
  return (
    managedBy !== undefined &&
    /^(?:argocd\.argoproj\.io|kustomize\.toolkit\.fluxcd\.io|helm\.toolkit\.fluxcd\.io)\//.test(managedBy)
  );
}
