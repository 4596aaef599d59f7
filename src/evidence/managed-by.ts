/** Who else writes an object: a change made by hand (or by a button) may not stay. */

export interface ManagedBy {
  /** For people: `External Secrets`, `Argo CD`. */
  readonly controller: string;
  /** What shows it: `ownerReferences ExternalSecret/regcred`, `label app.kubernetes.io/managed-by=Helm`. */
  readonly sign: string;
  /** `at-once`: it watches the object and writes it back; `later`: at its next sync, refresh or release. */
  readonly rewrites: 'at-once' | 'later';
  /** Where a change belongs instead, as the end of "change it …". */
  readonly place: string;
}

/** What becomes of a change made to the object itself, and where it belongs: the end of a message about `what`. */
export function overwriting(what: string, { controller, sign, rewrites, place }: ManagedBy): string {
  const who = `${what} is kept by ${controller} (${sign})`;
  return rewrites === 'at-once'
    ? `${who}, which writes its own content back as soon as it differs. Change it ${place}.`
    : `${who}, whose next run may write its own content back. Change it ${place} as well.`;
}

interface Marked {
  readonly owners: readonly { readonly kind: string; readonly name: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What each controller leaves on what it writes; the surest sign first. From the projects' own documentation of labels and annotations. */
const OWNERS: readonly (readonly [RegExp, Omit<ManagedBy, 'sign'>])[] = [
  [
    /^(?:Cluster)?ExternalSecret$/,
    { controller: 'External Secrets', rewrites: 'at-once', place: 'in the secret store that it reads' },
  ],
  [
    /^SealedSecret$/,
    { controller: 'Sealed Secrets', rewrites: 'later', place: 'in the SealedSecret, sealed anew, where it is kept' },
  ],
  [
    /^VaultStaticSecret$|^VaultDynamicSecret$|^VaultPKISecret$/,
    { controller: 'Vault Secrets Operator', rewrites: 'at-once', place: 'in Vault' },
  ],
  [/^OnePasswordItem$/, { controller: '1Password Operator', rewrites: 'at-once', place: 'in 1Password' }],
  [/^InfisicalSecret$/, { controller: 'Infisical', rewrites: 'at-once', place: 'in Infisical' }],
];

const MARKS: readonly (readonly [RegExp, Omit<ManagedBy, 'sign'>])[] = [
  [
    /^reconcile\.external-secrets\.io\//,
    { controller: 'External Secrets', rewrites: 'at-once', place: 'in the secret store that it reads' },
  ],
  [
    /^replicator\.v1\.mittwald\.de\/replicated-from-version$/,
    { controller: 'Kubernetes Replicator', rewrites: 'later', place: 'in the Secret that it copies from' },
  ],
  [
    /^reflector\.v1\.k8s\.emberstack\.com\/(?:reflects|auto-reflects|reflected-version)$/,
    { controller: 'Reflector', rewrites: 'at-once', place: 'in the Secret that it copies from' },
  ],
  [
    /^kubed\.appscode\.com\/origin/,
    { controller: 'Config Syncer', rewrites: 'at-once', place: 'in the Secret that it copies from' },
  ],
  [
    /^argocd\.argoproj\.io\/(?:tracking-id|instance)$/,
    { controller: 'Argo CD', rewrites: 'later', place: 'in the repository that it syncs' },
  ],
  [
    /^kustomize\.toolkit\.fluxcd\.io\/name$|^helm\.toolkit\.fluxcd\.io\/name$/,
    { controller: 'Flux', rewrites: 'later', place: 'in the repository that it syncs' },
  ],
  [/^meta\.helm\.sh\/release-name$/, { controller: 'Helm', rewrites: 'later', place: 'in the values of the release' }],
  [/^app\.kubernetes\.io\/managed-by$/, { controller: '', rewrites: 'later', place: 'where that tool takes it from' }],
];

/** undefined: nothing on it says so. */
export function managedBy({ owners, labels, annotations }: Marked): ManagedBy | undefined {
  for (const [kind, manager] of OWNERS) {
    const owner = owners.find((one) => kind.test(one.kind));
    if (owner) return { ...manager, sign: `owner ${owner.kind}/${owner.name}` };
  }
  const marks = [
    ...Object.entries(labels).map(([key, value]) => ['label', key, value] as const),
    ...Object.entries(annotations).map(([key, value]) => ['annotation', key, value] as const),
  ];
  for (const [key, manager] of MARKS) {
    const mark = marks.find(([, name, value]) => key.test(name) && value !== '');
    if (mark) {
      const [where, name, value] = mark;
      return {
        ...manager,
        controller: manager.controller || value.slice(0, 63),
        sign: `${where} ${name}=${value}`.slice(0, 300),
      };
    }
  }
  return undefined;
}
