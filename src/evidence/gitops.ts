/**
 * Argo CD and Flux: who writes an object from a Git repository, and from which one. Pure. Marks: Argo CD "Resource Tracking", Flux
 * "Kustomization" and "HelmRelease" (labels of the applied objects).
 */

/** What a controller left on an object. */
export interface GitOpsOwner {
  readonly controller: 'argo-cd' | 'flux-kustomize' | 'flux-helm';
  /** Name of its Application, Kustomization or HelmRelease. */
  readonly application: string;
  /** Of that object; absent: the mark does not tell. */
  readonly namespace?: string;
  /** `annotation argocd.argoproj.io/tracking-id`. */
  readonly sign: string;
  /** false: others write the same label; to be believed only when the Application was seen. */
  readonly isSure: boolean;
}

export type GitOpsKind = 'Application' | 'Kustomization' | 'HelmRelease' | 'GitRepository';

export interface GitOpsRef {
  readonly kind: GitOpsKind;
  /** Absent: any, and all that are called so are given. */
  readonly namespace?: string;
  readonly name: string;
}

/** Where a controller takes manifests from. */
export interface ManifestSource {
  /** Without a login; empty where another object tells it. */
  readonly repoUrl: string;
  /** Folder from the repository's root; empty: the root. */
  readonly path: string;
  /** Branch, tag, commit or range; absent: the default branch. */
  readonly revision?: string;
  /** It follows a tag, a commit or a range: a change of a branch does not reach it. */
  readonly isPinned: boolean;
  /** A chart of a chart repository: it has no files in Git. */
  readonly chart?: string;
  /** Argo CD: how value files of other sources call it (`$values/…`). */
  readonly ref?: string;
  readonly valueFiles: readonly string[];
  /** What the object itself sets over the files: `image.tag=1.4.2`, `shop/api:1.4.2`. Only words about images. */
  readonly overrides: readonly string[];
}

/** An Application, Kustomization, HelmRelease or GitRepository. */
export interface GitOpsObject {
  readonly kind: GitOpsKind;
  readonly namespace: string;
  readonly name: string;
  readonly sources: readonly ManifestSource[];
  /** Flux: the object that holds the files. */
  readonly sourceRef?: { readonly kind: string; readonly namespace: string; readonly name: string };
  /** Who writes this object itself. */
  readonly owner?: GitOpsOwner;
  /** Argo CD: the namespace that it deploys to. */
  readonly destination?: string;
  /** Argo CD: `Deployment/shop/api`, what it says are its own. */
  readonly manages: readonly string[];
}

interface Marked {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** undefined: nothing on the object says so. */
export function gitOpsOwner(object: Marked): GitOpsOwner | undefined {
  const { labels, annotations } = object;
  return (
    tracked(object) ??
    labelled(labels['argocd.argoproj.io/instance'], 'argo-cd', 'label argocd.argoproj.io/instance') ??
    ofFlux(labels, 'flux-helm', 'helm.toolkit.fluxcd.io') ??
    ofFlux(labels, 'flux-kustomize', 'kustomize.toolkit.fluxcd.io') ??
    // Argo CD's default label before version 3. A release that Helm itself made bears its annotation.
    (annotations['meta.helm.sh/release-name']
      ? undefined
      : labelled(labels['app.kubernetes.io/instance'], 'argo-cd', 'label app.kubernetes.io/instance', false))
  );
}

/** `[NAMESPACE_]APP:GROUP/KIND:NAMESPACE/NAME`; one that names another object was copied with it, and Argo CD does not heed it. */
function tracked({ kind, namespace, name, annotations }: Marked): GitOpsOwner | undefined {
  const key = 'argocd.argoproj.io/tracking-id';
  const found = /^(?:([^:_]+)_)?([^:_]+):[^:/]*\/([^:/]+):([^:/]*)\/([^:/]+)$/.exec(annotations[key] ?? '');
  if (found === null || found[3] !== kind || found[5] !== name || (found[4] !== '' && found[4] !== namespace)) {
    return undefined;
  }
  const owner = labelled(found[2], 'argo-cd', `annotation ${key}`);
  return owner && isName(found[1]) ? { ...owner, namespace: found[1] } : owner;
}

function ofFlux(
  labels: Marked['labels'],
  controller: GitOpsOwner['controller'],
  prefix: string,
): GitOpsOwner | undefined {
  const owner = labelled(labels[`${prefix}/name`], controller, `label ${prefix}/name`);
  const namespace = labels[`${prefix}/namespace`];
  return owner && isName(namespace) ? { ...owner, namespace } : owner;
}

function labelled(
  name: string | undefined,
  controller: GitOpsOwner['controller'],
  sign: string,
  isSure = true,
): GitOpsOwner | undefined {
  return isName(name) ? { controller, application: name, sign, isSure } : undefined;
}

function isName(name: string | undefined): name is string {
  return name !== undefined && name.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name);
}

/** A repository's address without a login or anything after its path. */
export function withoutLogin(url: string): string {
  return url
    .trim()
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1')
    .replace(/[?#].*$/s, '')
    .slice(0, 500);
}

/** `owner/name` when the address is one of the code host at `web`; https, ssh and `git@host:path`. */
export function repositoryAt(repoUrl: string, web: string): string | undefined {
  const host = URL.parse(web)?.hostname.toLowerCase();
  const found =
    /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:@]+)(?::\d+)?\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/i.exec(repoUrl) ??
    /^(?:[\w.-]+@)?([^/:@]+):(?!\/)([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(repoUrl);
  if (found === null || host === undefined) return undefined;
  const [, named = '', owner = '', name = ''] = found;
  const same = named.toLowerCase().replace(/^(?:www|ssh)\.(?=github\.com$)/, '') === host;
  const isFit = /^[A-Za-z0-9][\w-]{0,99}$/.test(owner) && /^(?!\.{1,2}$)[\w.-]{1,100}$/.test(name);
  return same && isFit ? `${owner}/${name}` : undefined;
}

/** A folder from the root without `.` and empty parts; undefined: it leads out of the repository. */
export function cleanPath(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else parts.push(part);
  }
  return parts.join('/');
}
