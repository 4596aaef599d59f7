/** Workloads that a GitOps controller writes: their files in Git, the controller's own objects, and its marks on what it applies. */
import { parse, stringify } from 'yaml';
import { deployment } from './box.ts';
import { OWNER } from './builds.ts';

export const SPACE = 'fleet';
/** The GitOps repository. */
export const REPOSITORY = 'deploy';
/** Of one commit: what was pushed, and what was written into Git. */
export const PUSHED = 'a1b2c3d-2026-03-19-17-52';
export const ASKED = 'a1b2c3d-2026-03-19-17-54';

type Files = Readonly<Record<string, string>>;

export interface Fleet {
  readonly name: string;
  /** As a person calls it. */
  readonly owner: string;
  /** Where the image is written down. */
  readonly path: string;
  files(image: string): Files;
  /** Of the kustomization that is applied. */
  readonly folder?: string;
  /** What is applied otherwise; absent: the file itself. */
  render?(files: ReadonlyMap<string, string>): string;
}

interface Marks {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

function manifest(name: string, image: string, { labels = {}, annotations = {} }: Marks): string {
  const plain = deployment({ namespace: SPACE, name, image }) as { metadata: { labels: object } };
  const metadata = { ...plain.metadata, labels: { ...plain.metadata.labels, ...labels }, annotations };
  return `# Written by the release job.\n${stringify({ ...plain, metadata }, { lineWidth: 0 })}`;
}

const WEB = 'apps/fleet/web-deployment.yaml';
const CART = 'apps/fleet/cart';
const MAILER = 'clusters/box/mailer';
const QUEUE = 'releases/fleet/queue.yaml';
const fluxed = {
  labels: { 'kustomize.toolkit.fluxcd.io/name': 'mailer', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
};
const released = { labels: { 'helm.toolkit.fluxcd.io/name': 'queue', 'helm.toolkit.fluxcd.io/namespace': SPACE } };
const kept = { 'kustomize.toolkit.fluxcd.io/name': 'releases', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };

export const FLEET: readonly Fleet[] = [
  {
    name: 'web',
    owner: 'Argo CD application web',
    path: WEB,
    files: (image) => ({
      [WEB]: manifest('web', `${image}:${ASKED}`, {
        annotations: { 'argocd.argoproj.io/tracking-id': `web:apps/Deployment:${SPACE}/web` },
      }),
    }),
  },
  {
    name: 'cart',
    owner: 'Argo CD application cart',
    path: `${CART}/kustomization.yaml`,
    folder: CART,
    files: (image) => ({
      [`${CART}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deployment.yaml]
images:
  - name: ${image}
    newTag: ${ASKED} # the release job writes it
`,
      [`${CART}/deployment.yaml`]: manifest('cart', `${image}:placeholder`, {
        labels: { 'argocd.argoproj.io/instance': 'cart' },
      }),
    }),
  },
  {
    name: 'mailer',
    owner: 'Flux Kustomization flux-system/mailer',
    path: `${MAILER}/kustomization.yaml`,
    folder: MAILER,
    files: (image) => ({
      [`${MAILER}/kustomization.yaml`]: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [deployment.yaml]
images:
  - name: mailer
    newName: ${image}
    newTag: "${ASKED}"
`,
      [`${MAILER}/deployment.yaml`]: manifest('mailer', 'mailer', fluxed),
    }),
  },
  {
    name: 'queue',
    owner: `Flux HelmRelease ${SPACE}/queue`,
    path: QUEUE,
    files: (image) => ({
      [QUEUE]: `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: queue
  namespace: ${SPACE}
spec:
  chart:
    spec: { chart: charts/service, sourceRef: { kind: GitRepository, name: deploy, namespace: flux-system } }
  values:
    image:
      repository: ${image}
      tag: ${ASKED}
`,
    }),
    render(files) {
      const release: Release = parse(files.get(QUEUE) ?? '');
      const { repository, tag } = release.spec.values.image;
      const marked = { ...release, metadata: { ...release.metadata, labels: kept } };
      return `${stringify(marked)}---\n${manifest('queue', `${repository}:${tag}`, released)}`;
    },
  },
];

interface Release {
  readonly metadata: object;
  readonly spec: { readonly values: { readonly image: { readonly repository: string; readonly tag: string } } };
}

/** Argo CD's and Flux's own objects; `web`: where GitHub is. */
export function controllers(web: string): readonly object[] {
  const url = `${web}/${OWNER}/${REPOSITORY}.git`;
  return [
    application('web', { repoURL: url, path: 'apps/fleet', targetRevision: 'HEAD' }),
    application('cart', { repoURL: url, path: CART, targetRevision: 'main' }),
    flux('kustomize', 'Kustomization', 'mailer', {
      path: `./${MAILER}`,
      sourceRef: { kind: 'GitRepository', name: 'deploy' },
    }),
    flux('kustomize', 'Kustomization', 'releases', {
      path: './releases',
      sourceRef: { kind: 'GitRepository', name: 'deploy' },
    }),
    flux('source', 'GitRepository', 'deploy', { url, ref: { branch: 'main' } }),
  ];
}

function application(name: string, source: object): object {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name, namespace: 'argocd' },
    spec: { destination: { namespace: SPACE }, source },
    status: { resources: [{ kind: 'Deployment', namespace: SPACE, name }] },
  };
}

function flux(group: string, kind: string, name: string, spec: object): object {
  const metadata = { name, namespace: 'flux-system' };
  return { apiVersion: `${group}.toolkit.fluxcd.io/v1`, kind, metadata, spec };
}
