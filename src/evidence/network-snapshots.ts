/** Services, their endpoints and the policies before them, as far as the way to an in-cluster registry needs them. */

export interface ServicePort {
  /** Empty where the Service has one unnamed port. */
  readonly name: string;
  readonly port: number;
  readonly nodePort?: number;
}

export interface ServiceSnapshot {
  readonly name: string;
  readonly namespace: string;
  /** `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`. */
  readonly type: string;
  /** Cluster IPs, external IPs, and the load balancer's addresses and names; empty for a headless Service. */
  readonly addresses: readonly string[];
  readonly ports: readonly ServicePort[];
  /** Empty: somebody else writes its endpoints. */
  readonly selector: Readonly<Record<string, string>>;
}

/** One backend of a Service (discovery.k8s.io/v1). */
export interface EndpointSnapshot {
  readonly addresses: readonly string[];
  /** An unknown condition counts as ready, as for kube-proxy. */
  readonly ready: boolean;
  /** Where the traffic goes by name of the Service's port; empty: no port. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly node?: string;
  readonly pod?: string;
}

export interface LabelSelector {
  readonly labels: Readonly<Record<string, string>>;
  readonly expressions: readonly {
    readonly key: string;
    /** `In`, `NotIn`, `Exists`, `DoesNotExist`. */
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** One ingress rule: from any of these sources to any of these ports; `undefined`: every source, every port. */
export interface IngressRule {
  readonly from:
    | readonly {
        /** Absent: the peer is chosen by labels of pods or namespaces, which no node has. */
        readonly block?: { readonly cidr: string; readonly except: readonly string[] };
      }[]
    | undefined;
  readonly ports: readonly { readonly port: number | string | undefined; readonly endPort?: number }[] | undefined;
}

export interface NetworkPolicySnapshot {
  readonly name: string;
  readonly namespace: string;
  /** Which pods of its namespace it is about. */
  readonly pods: LabelSelector;
  /** undefined: it does not restrict what comes in. Empty: it admits nothing. */
  readonly ingress: readonly IngressRule[] | undefined;
}
