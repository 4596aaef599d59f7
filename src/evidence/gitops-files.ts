/** Which files of a repository may hold a workload's image, the likeliest first. Pure. */
import { parse } from 'yaml';
import { z } from 'zod';
import { cleanPath, type GitOpsOwner, type ManifestSource } from './gitops.ts';

export interface Sought {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  readonly owner: GitOpsOwner;
}

/** Where people keep it: `apps/<namespace>/<name>-deployment.yaml`. */
export function conventionalPath({ namespace, kind, name }: Sought): string {
  return `apps/${namespace}/${name}-${kind.toLowerCase()}.yaml`;
}

/** Tried one by one where the repository could not be listed. */
export function conventionalPaths(sought: Sought, folder: string): readonly string[] {
  const { kind, name } = sought;
  const inFolder = [`${name}-${kind.toLowerCase()}`, 'kustomization', name, kind.toLowerCase(), 'values'];
  const under = inFolder.map((base) => `${folder === '' ? '' : `${folder}/`}${base}.yaml`);
  return [...new Set([...under, conventionalPath(sought)])];
}

/** Of all the repository's paths: YAML files in these folders (and the exact ones), the likeliest first. */
export function rankFiles(
  paths: readonly string[],
  sought: Sought,
  folders: readonly string[],
  exact: readonly string[],
): readonly string[] {
  return paths
    .filter((path) => /\.ya?ml$/i.test(path))
    .flatMap((path) => {
      if (exact.includes(path)) return [{ path, rank: -1, depth: 0 }];
      const folder = folders.find((one) => one === '' || path === one || path.startsWith(`${one}/`));
      if (folder === undefined) return [];
      return [{ path, rank: rankOf(path, sought), depth: path.slice(folder.length).split('/').length }];
    })
    .toSorted((a, b) => a.rank - b.rank || a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path);
}

function rankOf(path: string, { namespace, kind, name, owner }: Sought): number {
  const parts = path.toLowerCase().split('/');
  const base = (parts.pop() ?? '').replace(/\.ya?ml$/, '');
  const isNear = parts.includes(namespace) || parts.includes(name) || parts.includes(owner.application);
  return (
    nameRank(base, { namespace, kind: kind.toLowerCase(), name, application: owner.application }) - (isNear ? 2 : 0)
  );
}

function nameRank(
  base: string,
  { namespace, kind, name, application }: Readonly<Record<'namespace' | 'kind' | 'name' | 'application', string>>,
): number {
  const best = [
    `${name}-${kind}`,
    `${kind}-${name}`,
    name,
    'kustomization',
    '.argocd-source',
    `.argocd-source-${application}`,
  ];
  const good = [application, `values-${namespace}`, `${name}-values`, kind, 'values', 'release', 'helmrelease'];
  if (best.includes(base)) return 0;
  if (good.includes(base)) return 1;
  return [name, kind, 'values'].some((word) => base.includes(word)) ? 2 : 4;
}

const Kustomization = z.object({
  resources: z.array(z.string()).nullish(),
  bases: z.array(z.string()).nullish(),
  components: z.array(z.string()).nullish(),
});

/** Folders that a kustomization takes in beside its own; those of other repositories are left out. */
export function takenIn(text: string, folder: string): readonly string[] {
  let read: unknown;
  try {
    read = parse(text);
  } catch {
    return [];
  }
  const found = Kustomization.safeParse(read);
  if (!found.success) return [];
  const { resources, bases, components } = found.data;
  return [...(resources ?? []), ...(bases ?? []), ...(components ?? [])].flatMap((one) =>
    /^\w+:|\?|^git@/.test(one) ? [] : (cleanPath(`${folder}/${one}`) ?? []),
  );
}

/** Value files that a source of Argo CD names, as paths of the repository of `source`. */
export function valueFilesIn(source: ManifestSource, all: readonly ManifestSource[]): readonly string[] {
  const own = source.valueFiles
    .filter((file) => !file.startsWith('$') && !/^\w+:\/\//.test(file))
    .map((file) => (file.startsWith('/') ? file : `${source.path}/${file}`));
  const { ref } = source;
  const lent =
    ref === undefined
      ? []
      : all.flatMap(({ valueFiles }) =>
          valueFiles.filter((file) => file.startsWith(`$${ref}/`)).map((file) => file.slice(ref.length + 2)),
        );
  return [...own, ...lent].flatMap((file) => cleanPath(file) || []);
}
