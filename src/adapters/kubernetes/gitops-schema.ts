/**
 * Argo CD's Application (argoproj.io/v1alpha1) and Flux's Kustomization (v1), HelmRelease (v2) and GitRepository (v1): only what tells
 * where manifests come from. Values may hold secrets: what is not about images is dropped where it is read.
 */
import { z } from 'zod';
import { Metadata } from './schema.ts';

const text = z.string().nullish();
const texts = z.array(z.string()).nullish();
const anything = z.unknown().optional();

const ApplicationSource = z.object({
  repoURL: text,
  path: text,
  targetRevision: text,
  chart: text,
  ref: text,
  helm: z
    .object({
      valueFiles: texts,
      parameters: z.array(z.object({ name: text, value: text })).nullish(),
      valuesObject: anything,
      values: text,
    })
    .nullish(),
  kustomize: z.object({ images: texts }).nullish(),
});
export type ApplicationSource = z.infer<typeof ApplicationSource>;

export const Application = z.object({
  metadata: Metadata,
  spec: z
    .object({
      destination: z.object({ namespace: text }).nullish(),
      source: ApplicationSource.nullish(),
      sources: z.array(ApplicationSource).nullish(),
    })
    .nullish(),
  status: z.object({ resources: z.array(z.object({ kind: text, namespace: text, name: text })).nullish() }).nullish(),
});
export type Application = z.infer<typeof Application>;

const SourceRef = z.object({ kind: z.string(), name: z.string(), namespace: text });

/** One shape for Flux's three: each has its own part of it. */
export const FluxObject = z.object({
  metadata: Metadata,
  spec: z
    .object({
      path: text,
      sourceRef: SourceRef.nullish(),
      images: z.array(z.object({ name: text, newName: text, newTag: text, digest: text })).nullish(),
      url: text,
      ref: z.object({ branch: text, tag: text, semver: text, commit: text, name: text }).nullish(),
      chart: z
        .object({ spec: z.object({ chart: text, sourceRef: SourceRef.nullish(), valuesFiles: texts }).nullish() })
        .nullish(),
      values: anything,
    })
    .nullish(),
});
export type FluxObject = z.infer<typeof FluxObject>;
