/** Who may pull what: the registry's refusals. Registries that answer alike for missing and closed are never read as one of the two. */
import type { PullErrorKind } from '../pull-error.ts';
import { type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

/** Refused for where the request comes from; such an answer is often a page, so these words go before those for pages. */
export const BLOCKED_RULES: readonly Rule[] = [
  when(
    'source-blocked',
    [
      'in your country',
      'from your country',
      'in your region',
      'from your region',
      'from your location',
      'from your network',
      'export control',
      'sanction',
      'embargo',
      'block all ip addresses',
    ],
    ['non-registry-response', 'forbidden'],
  ),
];

/** Refusals whose own words name the reason. */
export const NAMED_REFUSALS: readonly Rule[] = [
  expired,
  // Docker puts the sentence for both alternatives before the cloud's own word on the identity.
  when('forbidden', ['is not authorized to perform'], ['unauthorized', 'not-found-or-unauthorized']),
  when('source-blocked', [
    'client with ip',
    'is not allowed access',
    'ip address',
    'ip allow list',
    'not allowed by firewall',
    'vpc endpoint policy',
    'legal reasons',
    'network rules',
    'public network access',
    'prohibited by organization',
    'vpc service controls',
    'vpcservicecontrols',
  ]),
];

function expired({ text }: Failure): Verdict | undefined {
  if (has(text, ['security token included in the request is invalid', 'unrecognizedclientexception'])) {
    return verdict('credentials-expired', 'unauthorized');
  }
  if (!text.includes('expire')) return undefined;
  return /(?:token|credentials?|password|jwt|login|session|keys?|secrets?)\b[^.:]{0,40}(?:\bexpired|\bexpires at)|expiredtoken|expired (?:\w+ )?(?:token|credential)/.test(
    text,
  )
    ? verdict('credentials-expired')
    : undefined;
}

export const ACCESS_RULES: readonly Rule[] = [
  noCredentials,
  eitherOr,
  wrongCredentials,
  coded,
  noPermission,
  tokenRefused,
  required,
  byStatus,
  plainDenial,
];

function noCredentials({ text, registry }: Failure): Verdict | undefined {
  if (!has(text, ['no basic auth credentials', 'no credentials'])) return undefined;
  if (text.includes('this may be because there are no credentials')) return undefined;
  const also: PullErrorKind[] =
    registry === 'ecr' || registry === 'ecr-public' ? ['credentials-expired', 'forbidden'] : [];
  if (text.includes('does not exist')) also.push('not-found-or-unauthorized', 'image-not-found');
  return { kind: 'unauthorized', also };
}

/** The words name both alternatives, or the registry is known to answer a missing and a closed repository alike. */
function eitherOr({ text, registry }: Failure): Verdict | undefined {
  const words = [
    'does not exist or ',
    'not found: does not exist',
    'or it may not exist',
    'or may not exist',
    'insufficient_scope',
    'requested access to the resource is denied',
    'access to the requested resource is not authorized',
    'denied: access forbidden',
    'pull access denied',
    'not found or access denied',
    'verify that it exists',
    "doesn't exist or",
    'does not exist, or',
    'either does not exist',
  ];
  // containerd wraps the token server's word in the sentence that names both alternatives.
  if (!(has(text, words) || namesBoth(text)) || text.includes('invalid_token')) return undefined;
  return registry === 'ecr' || registry === 'ecr-public'
    ? verdict('not-found-or-unauthorized', 'image-not-found', 'unauthorized', 'forbidden', 'credentials-expired')
    : verdict('not-found-or-unauthorized', 'image-not-found', 'unauthorized', 'forbidden');
}

/** In whatever words: missing, or not for you. */
function namesBoth(text: string): boolean {
  return (
    text.includes(' or ') &&
    (/(?:not found|not exist|doesn't exist)\W{0,3} or [^.;:]{0,40}(?:permission|access|authori[sz]|denied|private|not allowed)/.test(
      text,
    ) ||
      /(?:permission|authori[sz]\w{1,8}|denied|private|not allowed) or [^.;:]{0,30}(?:not (?:present|found|exist)|missing|absent)/.test(
        text,
      ))
  );
}

function wrongCredentials({ text }: Failure): Verdict | undefined {
  if (text.includes('getting username and password')) {
    return verdict('unauthorized', 'credential-provider-failed', 'pull-secret-missing', 'other');
  }
  const words = [
    'invalid username',
    'incorrect username',
    'wrong username',
    'invalid password',
    'credentials are not valid',
    'invalid credential',
    'bad credential',
    'incorrect credential',
    'wrong credential',
    'authentication failed',
    'login failed',
    'invalid token',
    'invalid_token',
    'invalid_grant',
  ];
  return has(text, words) ? verdict('unauthorized', 'credentials-expired') : undefined;
}

/** The registry's own code `UNAUTHORIZED` before its message: what the message says of permissions is a guess at what else may be. */
function coded({ text, registry }: Failure): Verdict | undefined {
  if (registry === 'quay' || !text.includes('unauthorized') || text.includes('insufficient scope')) return undefined;
  return /\bunauthorized: (?!authentication required)\S|error from registry: unauthorized\b/.test(text)
    ? verdict('unauthorized', 'forbidden', 'credentials-expired', 'not-found-or-unauthorized', 'image-not-found')
    : undefined;
}

function noPermission({ text }: Failure): Verdict | undefined {
  if (text.includes('unauthenticated request')) return verdict('unauthorized', 'forbidden', 'image-not-found');
  if (text.includes('unauthorized to access repository')) {
    return verdict('unauthorized', 'forbidden', 'image-not-found', 'not-found-or-unauthorized');
  }
  if (text.includes('not match bearer token resource'))
    return verdict('unauthorized', 'registry-error', 'proxy-failure');
  const words = [
    'accessdenied',
    'does not have permission',
    "doesn't have permission",
    'lacks permission',
    'insufficient permission',
    'permission denied',
    'permission ‹ref› denied',
    'permission ‹host› denied',
    'denied: permission',
    'not permitted to',
    'terms acceptance',
    'accept the terms',
    'accept the license',
    'not entitled',
    'insufficient scope',
    'expected scopes',
    'required scopes',
    'access denied',
  ];
  return has(text, words)
    ? verdict('forbidden', 'unauthorized', 'not-found-or-unauthorized', 'image-not-found')
    : undefined;
}

/** The token server's answer: 401 is about the login, 403 means different things per registry. */
function tokenRefused({ text, status, registry, urls }: Failure): Verdict | undefined {
  const atToken =
    has(text, ['anonymous token', 'oauth token', 'bearer token', 'bear token', 'failed to authorize', 'auth token']) ||
    urls.at(-1)?.purpose === 'token';
  if (!atToken || (status !== 401 && status !== 403 && status !== 400)) return undefined;
  const anonymous = text.includes('anonymous token');
  if (status !== 403) {
    return anonymous
      ? verdict('unauthorized', 'forbidden', 'not-found-or-unauthorized')
      : verdict('unauthorized', 'forbidden', 'credentials-expired');
  }
  if (anonymous || registry === 'gitlab')
    return verdict('not-found-or-unauthorized', 'image-not-found', 'unauthorized', 'forbidden');
  if (registry === 'ghcr' || text.includes('bearer token')) {
    return verdict('unauthorized', 'forbidden', 'credentials-expired', 'not-found-or-unauthorized');
  }
  return verdict('forbidden', 'unauthorized', 'credentials-expired', 'not-found-or-unauthorized');
}

function required({ text, status, registry }: Failure): Verdict | undefined {
  if (status !== null && status !== 401) return undefined;
  const words = [
    'authentication required',
    'unauthorized',
    'authorization failed',
    'authorization required',
    'authentication is required',
    'anonymous users',
    'anonymous access',
    'not logged in',
    'login required',
    'login is required',
  ];
  const login =
    /\b(?:not|please|must|first|need to|have to) (?:be )?log(?:ged)?[ -]?in\b|\bauthenticate\b|x-auth-token/.test(text);
  if (status !== 401 && !login && !has(text, words)) return undefined;
  if (registry === 'quay') return verdict('not-found-or-unauthorized', 'image-not-found', 'unauthorized');
  return verdict('unauthorized', 'credentials-expired', 'forbidden', 'not-found-or-unauthorized');
}

function byStatus({ status, registry, urls }: Failure): Verdict | undefined {
  if (status !== 403) return undefined;
  if (registry === 'ecr-public') return verdict('forbidden', 'credentials-expired', 'rate-limited', 'source-blocked');
  const asked = urls.at(-1)?.purpose;
  // ECR signed the link to its store, so the identity may pull; the store's endpoint in the network lets nobody through.
  if (registry === 'ecr' && asked === 'blob') return verdict('source-blocked', 'forbidden', 'credentials-expired');
  if (registry === 'ecr') return verdict('forbidden', 'credentials-expired', 'unauthorized', 'source-blocked');
  if (registry === 'gitlab')
    return verdict('not-found-or-unauthorized', 'image-not-found', 'unauthorized', 'forbidden');
  if (asked === 'blob') return verdict('forbidden', 'source-blocked', 'proxy-failure', 'credentials-expired');
  return verdict(
    'forbidden',
    'unauthorized',
    'not-found-or-unauthorized',
    'image-not-found',
    'source-blocked',
    'proxy-failure',
  );
}

function plainDenial({ text, registry }: Failure): Verdict | undefined {
  if (!/(?<!\bnot )\b(?:denied|forbidden)\b/.test(text)) return undefined;
  return registry === 'ghcr'
    ? verdict('unauthorized', 'forbidden', 'credentials-expired', 'not-found-or-unauthorized')
    : verdict(
        'forbidden',
        'unauthorized',
        'credentials-expired',
        'not-found-or-unauthorized',
        'image-not-found',
        'source-blocked',
        'registry-error',
        ...(text.includes('admission webhook') ? (['signature-rejected'] as const) : []),
      );
}
