/** A login that is missing, wrong, or not where the kubelet looks. */
import {
  BEARER,
  bad,
  badLogin,
  bearer,
  certainly,
  type Fault,
  GOOD,
  JSON_TYPE,
  keyed,
  notName,
  ODD,
  open,
  perhaps,
  pod,
  raw,
  secret,
  unattached,
  withSecret,
} from './fault.ts';

export const LOGIN_FAULTS: readonly Fault[] = [
  open(
    'denied',
    `${ODD}/denied/web:v1`,
    perhaps(
      'not-found-or-unauthorized',
      { reachability: 'good' },
      [`The repository denied/web is missing, or hidden from these credentials: ${ODD}`, 'Rotate nothing before that'],
      /\btag \S+ does not\b|no repository|refuses user|firewall/i,
    ),
  ),
  bearer(
    'bearer-wrong',
    'wrong',
    certainly(
      'credentials-rejected',
      badLogin,
      [`The registry ${BEARER} refuses user bot (secret/regcred`, 'Put a working credential into the pull secret'],
      notName,
    ),
  ),
  bearer(
    'bearer-forbidden',
    'forbidden',
    perhaps(
      'permission-denied',
      { reachability: 'good' },
      [
        `${BEARER} does not let user bot (secret/regcred`,
        'the repository forbidden/web is missing, or hidden from these credentials',
        'Find out first whether the repository exists',
      ],
      /\btag \S+ does not\b|has no repository|refuses user|wrong password/i,
    ),
  ),
  bearer(
    'bearer-hidden',
    'hidden',
    perhaps(
      'not-found-or-unauthorized',
      { reachability: 'good' },
      [
        `${BEARER}/hidden/web:v1 is missing, or hidden from these credentials`,
        'nothing proves that they may read hidden/web',
      ],
      /\btag \S+ does not\b|has no repository|refuses user|wrong password/i,
    ),
  ),
  keyed(
    'wrong-host',
    (at) => secret(at, { host: 'goood.box:5000' }),
    certainly(
      'pull-secret-wrong-registry',
      badLogin,
      [
        `No entry of Secret regcred matches ${GOOD}/shop/web; there is goood.box:5000 (a slip away from "${GOOD}")`,
        'Add an entry whose key is exactly the image’s registry',
      ],
      notName,
    ),
  ),
  keyed(
    'wrong-port',
    (at) => secret(at, { host: 'good.box' }),
    certainly(
      'pull-secret-wrong-registry',
      badLogin,
      [`No entry of Secret regcred matches ${GOOD}/shop/web; there is good.box (`, `write "${GOOD}"`],
      notName,
    ),
  ),
  keyed(
    'opaque',
    (at) => ({ ...secret(at), type: 'Opaque' }),
    certainly(
      'pull-secret-malformed',
      badLogin,
      ['The kubelet ignores Secret regcred', 'its type is "Opaque"', 'Create it again'],
      notName,
    ),
  ),
  keyed(
    'rejected',
    (at) => secret(at, { account: bad }),
    certainly(
      'credentials-rejected',
      badLogin,
      [
        `The registry ${GOOD} refuses user bot (secret/regcred, entry ${GOOD})`,
        'Put a working credential into the pull secret',
      ],
      notName,
    ),
  ),
  keyed(
    'not-base64',
    (at) => raw(at, 'regcred', JSON_TYPE, { auths: { [GOOD]: { auth: '!!! canary' } } }),
    certainly(
      'pull-secret-malformed',
      badLogin,
      ['Secret regcred', 'base64', 'cannot be decoded', 'Create it again'],
      notName,
    ),
  ),
  {
    ...open(
      'secret-absent',
      '',
      certainly(
        'pull-secret-missing',
        badLogin,
        [
          'Secret regcred, which the pod names, does not exist in namespace fault-secret-absent',
          'Create the Secret in the pod’s own namespace',
        ],
        notName,
      ),
    ),
    objects: (at) => [pod(at, `${GOOD}/shop/web:v1`, withSecret)],
  },
  open(
    'no-secret',
    `${GOOD}/shop/web:v1`,
    certainly(
      'credentials-required',
      badLogin,
      [`The registry ${GOOD} wants a login, and the pod brings none`, 'Create a pull secret for this registry'],
      new RegExp(`${notName.source}|refuses`, 'i'),
    ),
  ),
  unattached(
    'unattached',
    secret,
    certainly(
      'pull-secret-not-attached',
      { ...badLogin, reference: 'good' },
      [
        'Secret regcred of namespace fault-unattached would let it pull: the registry was asked with it just now',
        'neither the pod nor its service account default names it',
        'Name regcred in imagePullSecrets',
      ],
      notName,
    ),
  ),
  unattached(
    'unattached-opaque',
    (at) => ({ ...secret(at), type: 'Opaque' }),
    certainly(
      'pull-secret-malformed',
      { ...badLogin, reference: 'good' },
      [
        'Secret regcred of namespace fault-unattached-opaque',
        'its type is "Opaque"',
        'Make it again with the type that the kubelet reads, and attach it',
      ],
      notName,
    ),
  ),
  unattached(
    'unattached-bad',
    (at) => secret(at, { account: bad }),
    certainly(
      'credentials-required',
      { ...badLogin, reference: 'unknown' },
      [
        `The registry ${GOOD} wants a login, and the pod brings none`,
        'The registry refuses also Secret fault-unattached-bad/regcred, which the pod does not use',
        'Create a pull secret for this registry',
      ],
      new RegExp(`${notName.source}|would let it pull|Name regcred`, 'i'),
    ),
  ),
  {
    ...unattached(
      'unattached-unseen',
      secret,
      certainly(
        'credentials-required',
        badLogin,
        [`The registry ${GOOD} wants a login, and the pod brings none`, 'Create a pull secret for this registry'],
        new RegExp(`${notName.source}|Secret regcred|would let it pull`, 'i'),
      ),
    ),
    finds: false,
  },
];
