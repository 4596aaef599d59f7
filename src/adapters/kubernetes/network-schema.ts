/** Services, EndpointSlices and NetworkPolicies as the API server writes them; nothing but a name is required (see schema.ts). */
import { z } from 'zod';
import { Metadata } from './schema.ts';

const text = z.string().nullish();
const number = z.number().nullish();
const map = z.record(z.string(), z.string()).nullish();
function list<T extends z.ZodType>(item: T) {
  return z.array(item).nullish();
}

export const Service = z.object({
  metadata: Metadata,
  spec: z
    .object({
      type: text,
      clusterIP: text,
      clusterIPs: list(z.string()),
      externalIPs: list(z.string()),
      selector: map,
      ports: list(z.object({ name: text, port: z.number(), nodePort: number })),
    })
    .nullish(),
  status: z
    .object({ loadBalancer: z.object({ ingress: list(z.object({ ip: text, hostname: text })) }).nullish() })
    .nullish(),
});
export type Service = z.infer<typeof Service>;

export const EndpointSlice = z.object({
  metadata: Metadata,
  endpoints: list(
    z.object({
      addresses: list(z.string()),
      conditions: z.object({ ready: z.boolean().nullish() }).nullish(),
      nodeName: text,
      targetRef: z.object({ kind: text, name: text }).nullish(),
    }),
  ),
  ports: list(z.object({ name: text, port: number })),
});
export type EndpointSlice = z.infer<typeof EndpointSlice>;

const Selector = z
  .object({
    matchLabels: map,
    matchExpressions: list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })),
  })
  .nullish();

const Rule = z.object({
  from: list(z.object({ ipBlock: z.object({ cidr: z.string(), except: list(z.string()) }).nullish() })),
  ports: list(z.object({ port: z.union([z.number(), z.string()]).nullish(), endPort: number })),
});

export const NetworkPolicy = z.object({
  metadata: Metadata,
  spec: z.object({ podSelector: Selector, policyTypes: list(z.string()), ingress: list(Rule) }).nullish(),
});
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;
