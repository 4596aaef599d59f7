/** Secrets that look right, or wrong, and are the other. */
import {
  certainly,
  container,
  FAILED,
  good,
  keeper,
  noImage,
  type OddFault,
  pod,
  type Rest,
  runs,
  STORE,
} from './odd-fault.ts';

function config(namespace: string, text: string): object {
  const type = 'kubernetes.io/dockerconfigjson';
  const metadata = { name: 'regcred', namespace };
  return { apiVersion: 'v1', kind: 'Secret', metadata, type, stringData: { '.dockerconfigjson': text } };
}

/** The good image, with this text as the Secret's configuration. */
function keyed(name: string, content: object | string, rest: Rest): OddFault {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return { name: `secret ${name}`, objects: (at) => [config(at, text), pod(at, [container(good)])], ...rest };
}

function entry(host: string, fields: object = { username: keeper.user, password: keeper.password }): object {
  return { auths: { [host]: fields } };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The Secret's one entry matches nothing. */
function unmatched(host: string, why: string): Rest {
  const says = [
    `No entry of Secret regcred matches ${STORE}/shop/web; there is ${host} (${why}`,
    'Add an entry whose key',
  ];
  return certainly('pull-secret-wrong-registry', says, new RegExp(`${noImage.source}|refuses user`, 'i'));
}

function malformed(...says: readonly string[]): Rest {
  return certainly('pull-secret-malformed', ['regcred', ...says], new RegExp(`${noImage.source}|refuses user`, 'i'));
}

function rejected(...says: readonly string[]): Rest {
  return certainly(
    'credentials-rejected',
    [
      `The registry ${STORE} refuses user bot (secret/regcred`,
      ...says,
      'Put a working credential into the pull secret',
    ],
    noImage,
  );
}

const ANEW = 'Create the Secret anew with kubectl create secret docker-registry';
const AGAIN = 'Create it again with kubectl create secret docker-registry';

export const SECRETS: readonly OddFault[] = [
  keyed('with a scheme', entry(`https://${STORE}`), runs),
  keyed('with http and /v1/', entry(`http://${STORE}/v1/`), runs),
  keyed('with /v2/', entry(`${STORE}/v2/`), runs),
  keyed('for a path', entry(`${STORE}/shop`), runs),
  keyed('for a glob', entry('*.box:5000'), runs),
  keyed(
    'for a path of another team',
    entry(`${STORE}/team`),
    unmatched(`${STORE}/team`, `it is only for repositories beginning with "${STORE}/team"`),
  ),
  keyed(
    'for capitals',
    entry(STORE.toUpperCase()),
    unmatched('STORE.BOX:5000', `hosts are compared with their capitals; write "${STORE}"`),
  ),
  keyed('for any port', entry('store.box:*'), unmatched('store.box:*', 'a port cannot be a pattern')),
  keyed(
    'with a line break after the password',
    entry(STORE, { auth: base64(`${keeper.user}:${keeper.password}\n`) }),
    rejected('password begins or ends with a space or line break', '"echo -n" does not'),
  ),
  keyed(
    'of a desktop',
    { ...entry(STORE, {}), credsStore: 'desktop' },
    malformed(`entry ${STORE} of Secret regcred`, 'credential helper that the Secret names', ANEW),
  ),
  keyed(
    'with a token only',
    entry(STORE, { identitytoken: 'canary' }),
    malformed(`entry ${STORE} of Secret regcred`, 'a token where the kubelet does not look (identitytoken', ANEW),
  ),
  keyed(
    'with helpers only',
    { credHelpers: { [STORE]: 'ecr-login' } },
    malformed('The kubelet ignores Secret regcred', 'it names only a credential helper', AGAIN),
  ),
  keyed(
    'without auths',
    { [STORE]: { username: 'bot', password: 'canary' } },
    malformed('The kubelet ignores Secret regcred', 'the hosts belong inside an "auths" object', AGAIN),
  ),
  keyed('with a user only', entry(STORE, { username: 'bot' }), rejected()),
  keyed('with a number for a password', `{"auths":{"${STORE}":{"username":"bot","password":12345}}}`, {
    ...malformed('a value has the wrong type', 'fails the whole look-up', AGAIN),
    until: new RegExp(`cannot unmarshal|${FAILED.source}`, 'm'),
  }),
];
