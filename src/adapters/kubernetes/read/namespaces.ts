/** What the namespaces are called. */
import { z } from 'zod';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { NamespaceList } from '../../../evidence/ports.ts';
import type { KubeClient } from '../client.ts';
import { NAMESPACES } from '../resources.ts';
import { Metadata } from '../schema.ts';
import { listAll } from './fetch.ts';

/** Of a few hundred bytes each; few clusters have more. */
const MAX_NAMESPACES = 5_000;
const Namespace = z.object({ metadata: Metadata });

export async function listNamespaces(client: KubeClient, signal: AbortSignal): Promise<Observation<NamespaceList>> {
  const list = await listAll(client, { resource: NAMESPACES, cap: MAX_NAMESPACES }, Namespace, signal);
  return mapObserved(list, ({ items, truncated }) => ({
    names: items.map(({ metadata }) => metadata.name),
    truncated,
  }));
}
