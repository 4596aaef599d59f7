/**
 * A pod as the API server prints it for `kubectl get pods` (kubernetes pkg/printers/internalversion/printers.go, printPod): READY counts
 * main containers and sidecars that run and are ready, STATUS is the first reason that stands in their way. Ephemeral containers are not printed.
 */
import { z } from 'zod';

const text = z.string().nullish();
const Row = z.object({
  cells: z.array(z.unknown()),
  object: z.object({
    metadata: z.object({
      name: z.string(),
      namespace: text,
      deletionTimestamp: text,
      managedFields: z.array(z.object({ subresource: text })).nullish(),
    }),
  }),
});

/** A page of a list as the server prints it. */
export const TablePage = z.object({
  kind: z.literal('Table'),
  columnDefinitions: z.array(z.object({ name: z.string() })),
  rows: z.array(Row).nullish(),
  metadata: z.object({ continue: text }).nullish(),
});
export type TablePage = z.infer<typeof TablePage>;

/** What a pod of one container is, when it is not held up by its image. `PodInitializing` is not here: an init container may be. */
const NOT_THE_IMAGE: ReadonlySet<string> = new Set([
  'Running',
  'Pending',
  'ContainerCreating',
  'SchedulingGated',
  'Completed',
  'Succeeded',
  'Failed',
  'Error',
  'OOMKilled',
  'Evicted',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Pods of a page that may wait for an image; where the row cannot tell, the pod is among them. */
export function doubtful({ columnDefinitions, rows }: TablePage): readonly PodName[] {
  const column = (name: string) => columnDefinitions.findIndex((one) => one.name === name);
  const [ready, status] = [column('Ready'), column('Status')];
  return (rows ?? []).flatMap(({ cells, object: { metadata } }) => {
    if (metadata.deletionTimestamp) return [];
    // Only this subresource can add one, and the server notes who used it.
    const hasEphemeral = metadata.managedFields?.some(({ subresource }) => subresource === 'ephemeralcontainers');
    return hasEphemeral || !isFine(cells[ready], cells[status])
      ? [{ namespace: metadata.namespace ?? '', name: metadata.name }]
      : [];
  });
}

function isFine(ready: unknown, status: unknown): boolean {
  const [, up, all] = /^(\d+)\/(\d+)$/.exec(String(ready)) ?? [];
  if (up === undefined || all === '0') return false;
  // Of several containers the status shows one.
  return up === all || (all === '1' && NOT_THE_IMAGE.has(String(status)));
}
