/** The fault's key: incidents that have the same one are one fault, with one thread and one page. */
import type { Cause } from '../diagnosis/cause.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { CUT_OFF } from '../image/pull-error.ts';
import { fullName, parseReference } from '../image/reference.ts';

type Kind = 'registry' | 'credentials' | 'image';

/** Causes that more than one workload can share; the others (a node, a policy, an application) are their own. */
const SHARED: Partial<Record<Cause, Kind>> = {
  ...group('registry', [
    ...CUT_OFF,
    'dns-failure',
    'proxy-failure',
    'tls-untrusted',
    'tls-handshake',
    'http-vs-https',
    'rate-limited',
    'registry-error',
    'non-registry-response',
    'source-blocked',
    'registry-down',
    'registry-unreachable',
    'network-policy-blocks-registry',
  ]),
  ...group('credentials', [
    'unauthorized',
    'forbidden',
    'credentials-expired',
    'credentials-rejected',
    'credentials-required',
    'permission-denied',
    'stale-credentials',
    'pull-secret-missing',
    'pull-secret-not-attached',
    'pull-secret-wrong-namespace',
    'pull-secret-malformed',
    'pull-secret-wrong-registry',
    'credential-provider-failed',
  ]),
  ...group('image', [
    'image-not-found',
    'tag-not-found',
    'repository-not-found',
    'digest-not-found',
    'not-found-or-unauthorized',
    'invalid-reference',
    'short-name-unresolved',
    'platform-mismatch',
    'manifest-unsupported',
    'digest-mismatch',
    'ci-output-lost',
    'ci-silent-fallback',
    'build-failed',
    'build-never-ran',
    'build-running',
  ]),
};

/**
 * `registry:CLUSTER/HOST`, `secret:CLUSTER/NAMESPACE/NAME`, `registry-credentials:CLUSTER/HOST`, or `image:REPOSITORY:TAG`, which is the
 * same fault in whatever namespace. null: this fault is shared with nobody.
 */
export function familyOf(diagnosis: Diagnosis): string | null {
  const finding = diagnosis.findings.find(({ cause }) => cause === diagnosis.verdict.cause);
  const kind = SHARED[diagnosis.verdict.cause];
  if (finding === undefined || kind === undefined) return null;
  const { cluster, namespace } = diagnosis.target;
  const parsed = parseReference(finding.image);
  if (kind === 'image') return `image:${parsed.ok ? fullName(parsed.reference) : finding.image}`;
  const secret = finding.detail['secret'];
  if (kind === 'credentials' && typeof secret === 'string' && secret !== '') {
    return `secret:${cluster}/${namespace}/${secret}`;
  }
  if (!parsed.ok) return null;
  const { registry } = parsed.reference;
  return kind === 'registry' ? registryFamily(cluster, registry) : `registry-credentials:${cluster}/${registry}`;
}

/** The key of "this registry cannot be used from that cluster". */
export function registryFamily(cluster: string, registry: string): string {
  return `registry:${cluster}/${registry}`;
}

/** Does it mean that the registry cannot be used from here, whatever the image? */
export function isRegistryFault(cause: Cause): boolean {
  return SHARED[cause] === 'registry';
}

function group(kind: Kind, causes: readonly Cause[]): Partial<Record<Cause, Kind>> {
  return Object.fromEntries(causes.map((cause) => [cause, kind]));
}
