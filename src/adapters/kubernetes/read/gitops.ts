/** Argo CD's and Flux's own objects, as far as they tell where manifests come from. */
import { parse } from 'yaml';
import type { z } from 'zod';
import {
  type GitOpsObject,
  type GitOpsRef,
  gitOpsOwner,
  type ManifestSource,
  withoutLogin,
} from '../../../evidence/gitops.ts';
import { absent, mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { KubeClient } from '../client.ts';
import { Application, type ApplicationSource, FluxObject } from '../gitops-schema.ts';
import { GITOPS, isName } from '../resources.ts';
import type { Metadata } from '../schema.ts';
import { optional } from './common.ts';
import { getOne, listAll } from './fetch.ts';

/** Applications of one name in a whole cluster. */
const MOST_FOUND = 20;
const MOST_OVERRIDES = 50;

/** Every request is one object, or those of one name in all namespaces. */
export async function readGitOps(
  client: KubeClient,
  ref: GitOpsRef,
  signal: AbortSignal,
): Promise<Observation<readonly GitOpsObject[]>> {
  const found =
    ref.kind === 'Application'
      ? mapObserved(await ofName(client, ref, Application, signal), (all) => all.map(applicationObject))
      : mapObserved(await ofName(client, ref, FluxObject, signal), (all) =>
          all.map((one) => fluxObject(ref.kind, one)),
        );
  return found.status === 'observed' && found.value.length === 0 ? absent : found;
}

async function ofName<S extends z.ZodType>(
  client: KubeClient,
  { kind, namespace, name }: GitOpsRef,
  schema: S,
  signal: AbortSignal,
): Promise<Observation<readonly z.infer<S>[]>> {
  const resource = GITOPS[kind];
  if (namespace !== undefined) {
    return mapObserved(await getOne(client, { resource, namespace, name }, schema, signal), (object) => [object]);
  }
  if (!isName(name)) return absent;
  const query = { resource, fieldSelector: `metadata.name=${name}`, cap: MOST_FOUND };
  return mapObserved(await listAll(client, query, schema, signal), ({ items }) => items);
}

function applicationObject({ metadata, spec, status }: Application): GitOpsObject {
  const sources = spec?.sources ?? (spec?.source ? [spec.source] : []);
  return {
    ...place('Application', metadata),
    sources: sources.map(argoSource),
    ...optional('destination', spec?.destination?.namespace),
    manages: (status?.resources ?? []).map(
      ({ kind, namespace, name }) => `${kind ?? ''}/${namespace ?? ''}/${name ?? ''}`,
    ),
  };
}

function place(kind: GitOpsRef['kind'], metadata: Metadata) {
  const { name, labels, annotations } = metadata;
  const namespace = metadata.namespace ?? '';
  const marked = { kind, namespace, name, labels: labels ?? {}, annotations: annotations ?? {} };
  return { kind, namespace, name, ...optional('owner', gitOpsOwner(marked)) };
}

/** `HEAD` and nothing mean the default branch; a range, a version and a commit do not move with a branch. */
function argoSource({ repoURL, path, targetRevision, chart, ref, helm, kustomize }: ApplicationSource): ManifestSource {
  const revision = targetRevision || undefined;
  const parameters = (helm?.parameters ?? []).flatMap(({ name, value }) =>
    name && value && ABOUT_IMAGES.test(name) ? [`${name}=${value}`] : [],
  );
  const values = [...imageWords(helm?.valuesObject), ...imageWords(readYaml(helm?.values ?? ''))];
  return {
    repoUrl: withoutLogin(repoURL ?? ''),
    path: path ?? '',
    ...optional('revision', revision),
    isPinned: revision !== undefined && /^[0-9a-f]{40}$|[*^~><=]|^v?\d+(?:\.\d+)+$|^refs\/tags\//.test(revision),
    ...optional('chart', chart || undefined),
    ...optional('ref', ref || undefined),
    valueFiles: helm?.valueFiles ?? [],
    overrides: [...(kustomize?.images ?? []), ...parameters, ...values].slice(0, MOST_OVERRIDES),
  };
}

function fluxObject(kind: GitOpsRef['kind'], { metadata, spec }: FluxObject): GitOpsObject {
  const { path, url, values, images } = spec ?? {};
  const chart = spec?.chart?.spec;
  const ref = spec?.sourceRef ?? chart?.sourceRef;
  const words = [...(images ?? []).map(kustomizeWord), ...imageWords(values)];
  const source: ManifestSource = {
    repoUrl: withoutLogin(url ?? ''),
    path: path ?? chartPath(chart),
    ...(kind === 'GitRepository' ? fluxRevision(spec?.ref) : { isPinned: false }),
    // From the root of their repository (helm-controller, "Values files"); Argo CD's are from the chart unless they begin so.
    valueFiles: (chart?.valuesFiles ?? []).map((file) => `/${file}`),
    overrides: words.slice(0, MOST_OVERRIDES),
  };
  const own = place(kind, metadata);
  return { ...own, sources: [source], manages: [], ...(ref ? { sourceRef: sourceRefOf(ref, own.namespace) } : {}) };
}

/** A chart's name is a path where the chart lies in Git. */
function chartPath(chart: NonNullable<FluxSpec['chart']>['spec']): string {
  return chart?.sourceRef?.kind === 'GitRepository' ? (chart.chart ?? '') : '';
}

type FluxSpec = NonNullable<FluxObject['spec']>;

function sourceRefOf({ kind, name, namespace }: NonNullable<FluxSpec['sourceRef']>, own: string) {
  return { kind, name, namespace: namespace ?? own };
}

/** `shop/api=shop/api:1.4.2`, as `kustomize edit set image` has it. */
function kustomizeWord({ name, newName, newTag, digest }: NonNullable<FluxSpec['images']>[number]): string {
  return `${name ?? ''}=${newName ?? name ?? ''}${newTag ? `:${newTag}` : ''}${digest ? `@${digest}` : ''}`;
}

/** Without a ref Flux follows `master` (source-controller, GitRepository, "Reference"). */
function fluxRevision(ref: FluxSpec['ref']): Pick<ManifestSource, 'revision' | 'isPinned'> {
  const fixed = ref?.commit || ref?.name || ref?.semver || ref?.tag;
  if (fixed) return { revision: fixed.replace(/^refs\/heads\//, ''), isPinned: !fixed.startsWith('refs/heads/') };
  return { revision: ref?.branch || 'master', isPinned: false };
}

const ABOUT_IMAGES = /(?:tag|image|digest)$/i;

/** `image.tag=1.4.2`: of values only the words that are about images. */
function imageWords(values: unknown, path = '', depth = 0): string[] {
  if (typeof values !== 'object' || values === null || depth > 8) return [];
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) => {
    const name = path === '' ? key : `${path}.${key}`;
    if ((typeof value === 'string' || typeof value === 'number') && ABOUT_IMAGES.test(key)) return [`${name}=${value}`];
    return imageWords(value, name, depth + 1);
  });
}

function readYaml(text: string): unknown {
  try {
    return text.length > 200_000 ? undefined : parse(text, { maxAliasCount: 50 });
  } catch {
    return undefined;
  }
}
