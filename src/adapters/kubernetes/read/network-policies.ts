/** Which policies of a namespace restrict what comes in to its pods. */
import type { IngressRule, NetworkPolicySnapshot } from '../../../evidence/network-snapshots.ts';
import { mapObserved, type Observation } from '../../../evidence/observation.ts';
import type { KubeClient } from '../client.ts';
import { NetworkPolicy } from '../network-schema.ts';
import { NETWORK_POLICIES } from '../resources.ts';
import { optional } from './common.ts';
import { listWhole } from './fetch.ts';

const MAX_POLICIES = 2_000;

export async function listNetworkPolicies(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Observation<readonly NetworkPolicySnapshot[]>> {
  const place = { resource: NETWORK_POLICIES, namespace, cap: MAX_POLICIES };
  return mapObserved(await listWhole(client, place, NetworkPolicy, signal), (items) => items.map(policySnapshot));
}

function policySnapshot({ metadata, spec }: NetworkPolicy): NetworkPolicySnapshot {
  // The API server fills policyTypes in; where it is missing, a policy is about what comes in.
  const isIngress = (spec?.policyTypes ?? ['Ingress']).includes('Ingress');
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    pods: {
      labels: spec?.podSelector?.matchLabels ?? {},
      expressions: (spec?.podSelector?.matchExpressions ?? []).map(({ key, operator, values }) => ({
        key,
        operator,
        values: values ?? [],
      })),
    },
    ingress: isIngress ? (spec?.ingress ?? []).map(ingressRule) : undefined,
  };
}

type Rule = NonNullable<NonNullable<NonNullable<NetworkPolicy['spec']>['ingress']>[number]>;

/** An empty list means the same as none: everybody, every port. */
function ingressRule({ from, ports }: Rule): IngressRule {
  return {
    from: from?.length
      ? from.map(({ ipBlock }) => (ipBlock ? { block: { cidr: ipBlock.cidr, except: ipBlock.except ?? [] } } : {}))
      : undefined,
    ports: ports?.length
      ? ports.map(({ port, endPort }) => ({ port: port ?? undefined, ...optional('endPort', endPort) }))
      : undefined,
  };
}
