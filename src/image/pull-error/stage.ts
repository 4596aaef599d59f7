/** How far an attempt had come when its text ends without a cause: the stage bounds what can have gone wrong, and no more is said. */
import { PULL_ERROR_KINDS, type PullErrorKind } from '../pull-error.ts';
import { has } from './words.ts';

/** What can go wrong before anybody has answered. */
export const CONNECTING: readonly PullErrorKind[] = [
  'dns-failure',
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'proxy-failure',
  'tls-untrusted',
  'tls-handshake',
  'http-vs-https',
  'cancelled-or-deadline',
];
const ANSWERED: readonly PullErrorKind[] = ['registry-error', 'rate-limited', 'unauthorized', 'forbidden'];

/** The later stage first: a text that copies has resolved before. */
const STAGES: readonly (readonly [readonly string[], readonly PullErrorKind[]])[] = [
  [
    [
      'failed to copy',
      'copying system image',
      'writing blob',
      'reading blob',
      'storing blob',
      'httpreadseeker',
      'httpreaderseeker',
    ],
    [
      'transfer-interrupted',
      ...CONNECTING,
      ...ANSWERED,
      'image-not-found',
      'digest-mismatch',
      'node-disk',
      'node-storage',
    ],
  ],
  [
    ['failed to authorize', 'fetch token', 'anonymous token', 'oauth token', 'bearer token', 'auth token'],
    [...ANSWERED, 'not-found-or-unauthorized', ...CONNECTING],
  ],
  [
    [
      'failed to do request',
      'pinging container',
      'pinging docker',
      'initializing source',
      'reading manifest',
      'failed to resolve',
    ],
    [...CONNECTING, ...ANSWERED, 'not-found-or-unauthorized', 'image-not-found', 'platform-mismatch'],
  ],
];

/** Words that nobody has written a rule for may mean anything but what the kubelet itself says in fixed words. */
const FIXED: ReadonlySet<PullErrorKind> = new Set([
  'never-pull-policy',
  'kubelet-throttled',
  'pull-secret-missing',
  'backoff-only',
  'other',
]);
const ANYTHING = PULL_ERROR_KINDS.filter((kind) => !FIXED.has(kind));

/** The kinds that the stage reached by a masked text leaves open; where it tells no stage, all that its unknown words may mean. */
export function kindsOfStage(text: string): readonly PullErrorKind[] {
  const stage = STAGES.find(([words]) => has(text, words))?.[1];
  if (stage) return stage;
  return /[a-z]{3}/.test(text) ? ANYTHING : [];
}
