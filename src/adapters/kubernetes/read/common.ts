/** Fields that every kind shares. */
import { parseTime } from '../../../clock.ts';
import type { Metadata, Template } from '../schema.ts';

/** `{ [key]: value }`, or nothing where the value is missing: absent fields stay absent under exactOptionalPropertyTypes. */
export function optional<K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

/** uid, version and birth of an object. */
export function identity(metadata: Metadata) {
  return {
    uid: metadata.uid ?? '',
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    resourceVersion: metadata.resourceVersion ?? '',
    ...optional('createdAt', parseTime(metadata.creationTimestamp)),
  };
}

/** The owner that manages it; at most one has `controller: true`. */
export function controllerIn(metadata: Metadata) {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  return owner && { kind: owner.kind, name: owner.name, uid: owner.uid };
}

/** Container name -> image of a pod template, init containers first. */
export function imagesOf(template: Template | null | undefined): Readonly<Record<string, string>> {
  const containers = [...(template?.spec?.initContainers ?? []), ...(template?.spec?.containers ?? [])];
  return Object.fromEntries(containers.map(({ name, image }) => [name, image ?? '']));
}

/** Names in an imagePullSecrets list, empty ones left out. */
export function secretNames(
  list: readonly { readonly name?: string | null | undefined }[] | null | undefined,
): string[] {
  return (list ?? []).flatMap(({ name }) => (name ? [name] : []));
}
