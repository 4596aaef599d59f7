/** Decided on the node before any registry was asked: policies, references, Secrets, and who hands out the credentials. */
import { type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

/** Decided before any registry was asked. */
export const KUBELET_RULES: readonly Rule[] = [
  when('never-pull-policy', ['pull policy of never', 'errimageneverpull']),
  when('signature-rejected', [
    'signature was required',
    'source image rejected',
    'signaturevalidationfailed',
    'signature validation failed',
    'rejected by policy',
    'no matching signatures',
    'no signatures found',
    'no valid signature',
    'signature verification failed',
    'signature mismatch',
    'image is not signed',
    'signed digest',
    'trust data',
    'content trust',
  ]),
  signaturePolicy,
  when(
    'credential-provider-failed',
    [
      'credential provider',
      'credentialprovider',
      'credential-provider',
      'docker-credential-',
      'credential helper',
      'error getting credentials',
      'credential plugin',
    ],
    ['connection-timeout', 'cancelled-or-deadline'],
  ),
  cloudLogin,
  secretStore,
  // The node's own registries.conf keeps the registry from being asked: nobody else refused anything.
  when('other', [' is blocked in ', "because it's blocked"], ['source-blocked', 'signature-rejected', 'forbidden']),
  when('invalid-reference', [
    'invalid reference',
    'invalid_reference',
    'construct reference',
    'constuct reference',
    'failed to parse image',
    'invalidimagename',
    'parse image reference',
    'parse image name',
    'parsing image reference',
    'parse reference',
    'must be lowercase',
    'invalid repository name',
    'invalid tag format',
    'invalid image name',
    'default image tag',
  ]),
  when('short-name-unresolved', [
    'short-name',
    'short name mode',
    'unqualified-search',
    'unqualified image',
    'unqualified search',
    'returns ambiguous list',
  ]),
];

/** Only the kubelet's own warnings, so the last of all rules: where the text tells of the pull as well, that decides. */
export const WARNING_RULES: readonly Rule[] = [
  when('kubelet-throttled', ['pull qps exceeded']),
  when('pull-secret-missing', [
    'retrieve some image pull secret',
    'retrieve pull secret',
    'failedtoretrieveimagepullsecret',
    'retrieve image pull secret',
  ]),
];

/** The cloud's own login for the registry failed on the node; a refusal for the role is the registry owner's matter. */
function cloudLogin({ text }: Failure): Verdict | undefined {
  const words = [
    'failed to get authorization token',
    'ecr authorization token',
    'aws_credentials',
    'azure_credentials',
    'getting aws credentials',
    'imds role',
    'ec2imds',
    'instance metadata',
    'metadata service',
    'failed to refresh cached credentials',
    'no valid credential sources',
    'nocredentialproviders',
    'failed to acquire token',
    'managed identity',
    'could not find default credentials',
  ];
  if (!has(text, words) || has(text, ['not authorized to perform', 'accessdenied'])) return undefined;
  return verdict(
    'credential-provider-failed',
    'unauthorized',
    'forbidden',
    'connection-timeout',
    'cancelled-or-deadline',
  );
}

/** The store that keeps the credentials did not hand them out; a refusal or a connection that is named says why. */
function secretStore({ text }: Failure): Verdict | undefined {
  if (!has(text, ['from asm', 'secrets manager', 'key vault', 'keyvault', 'from ssm'])) return undefined;
  if (has(text, ['not authorized to perform', 'accessdenied', 'dial ', 'i/o timeout', 'deadline exceeded'])) {
    return undefined;
  }
  return verdict(
    'credential-provider-failed',
    'pull-secret-missing',
    'unauthorized',
    'forbidden',
    'connection-timeout',
    'other',
  );
}

function signaturePolicy({ text }: Failure): Verdict | undefined {
  if (has(text, ['‹policy›', 'trust policy', 'invalid policy in'])) return verdict('signature-rejected', 'other');
  if (
    has(text, ['signature', 'cosign', 'notation', 'notary', 'image verif', 'attest', 'keyless', 'sigstore']) &&
    has(text, ['denied the request', 'validation failed', 'checks failed', 'verif', 'mismatch'])
  ) {
    return verdict('signature-rejected', 'forbidden');
  }
  // What lies where signatures are kept is none: often a page.
  if (has(text, ['parsing signature', 'signature format'])) {
    return verdict('signature-rejected', 'non-registry-response', 'registry-error');
  }
  return text.includes('required email') ? verdict('signature-rejected') : undefined;
}
