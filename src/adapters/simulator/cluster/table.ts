/** Pods and Secrets as the API server prints them (kubernetes pkg/printers/internalversion/printers.go): no content of a Secret. */
import { z } from 'zod';
import type { ContainerStatus, KubeObject } from './objects.ts';

const State = z.looseObject({
  waiting: z.looseObject({ reason: z.string().optional() }).nullish(),
  running: z.looseObject({}).nullish(),
  terminated: z.looseObject({ reason: z.string().optional(), exitCode: z.number().optional() }).nullish(),
});
const List = z.looseObject({ metadata: z.looseObject({}), items: z.array(z.custom<KubeObject>()) });

/** Does the client want rows? */
export function wantsTable(accept: string | undefined): boolean {
  return accept?.includes('as=Table') ?? false;
}

/** A page of pods as rows; with each row the metadata of its pod. */
export function tableOf(page: unknown): unknown {
  const { metadata, items } = List.parse(page);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: ['Name', 'Ready', 'Status'].map((name) => ({ name, type: 'string' })),
    rows: items.map((pod) => ({
      cells: [pod.metadata.name, readyOf(pod), statusOf(pod)],
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: metadataOf(pod) },
    })),
  };
}

/** The server notes who wrote ephemeral containers, which have a way of their own in. */
function metadataOf({ metadata, spec }: KubeObject): object {
  const managedFields = [{ manager: 'kubectl', operation: 'Update', subresource: 'ephemeralcontainers' }];
  return spec?.['ephemeralContainers'] ? { managedFields, ...metadata } : metadata;
}

function stateOf(status: ContainerStatus): z.infer<typeof State> {
  return State.safeParse(status.state ?? {}).data ?? {};
}

function readyOf({ spec, status }: KubeObject): string {
  const up = (status?.containerStatuses ?? []).filter((one) => one.ready && stateOf(one).running);
  return `${up.length}/${spec?.containers?.length ?? 0}`;
}

/** While an init container is not done, it speaks. */
function initStatusOf({ spec, status }: KubeObject): string | undefined {
  const inits = status?.initContainerStatuses ?? [];
  const at = inits.findIndex((one) => stateOf(one).terminated?.exitCode !== 0);
  const init = inits[at];
  if (!init) return undefined;
  const { waiting, terminated } = stateOf(init);
  const reason = waiting?.reason ?? terminated?.reason;
  return `Init:${reason && reason !== 'PodInitializing' ? reason : `${at}/${spec?.initContainers?.length ?? 0}`}`;
}

function statusOf(pod: KubeObject): string {
  const held = initStatusOf(pod);
  if (held !== undefined) return held;
  const { status } = pod;
  // The first container that has a reason speaks.
  for (const one of status?.containerStatuses ?? []) {
    const { waiting, terminated } = stateOf(one);
    const reason = waiting?.reason ?? (terminated && (terminated.reason ?? `ExitCode:${terminated.exitCode ?? 0}`));
    if (reason) return reason;
  }
  return status?.phase ?? 'Pending';
}

/** A page of Secrets as rows; the managed fields name the keys, as the real server's do. */
export function secretTableOf(page: unknown): unknown {
  const { metadata, items } = List.parse(page);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: ['Name', 'Type', 'Data'].map((name) => ({ name, type: 'string' })),
    rows: items.map((secret) => {
      const keys = Object.keys(secret.data ?? {});
      const fieldsV1 = {
        'f:data': { '.': {}, ...Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) },
        'f:type': {},
      };
      const managedFields = [{ manager: 'kubectl-create', operation: 'Update', fieldsType: 'FieldsV1', fieldsV1 }];
      return {
        cells: [secret.metadata.name, secret.type ?? 'Opaque', keys.length],
        object: {
          kind: 'PartialObjectMetadata',
          apiVersion: 'meta.k8s.io/v1',
          metadata: { ...secret.metadata, managedFields },
        },
      };
    }),
  };
}
