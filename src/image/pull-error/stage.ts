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
const ANSWERED: readonly PullErrorKind[] = [
  'registry-error',
  'rate-limited',
  'unauthorized',
  'credentials-expired',
  'forbidden',
  'not-found-or-unauthorized',
  'image-not-found',
  'source-blocked',
  'non-registry-response',
];
const FORMATS: readonly PullErrorKind[] = ['platform-mismatch', 'manifest-unsupported', 'digest-mismatch'];

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
      'unpacking image',
    ],
    ['transfer-interrupted', ...CONNECTING, ...ANSWERED, ...FORMATS, 'node-disk', 'node-storage', 'signature-rejected'],
  ],
  [
    ['failed to authorize', 'fetch token', 'anonymous token', 'oauth token', 'bearer token', 'auth token'],
    [...ANSWERED, ...CONNECTING],
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
    [...CONNECTING, ...ANSWERED, ...FORMATS, 'transfer-interrupted', 'signature-rejected'],
  ],
];

/** What words that nobody has written a rule for may mean. */
const ANYTHING = PULL_ERROR_KINDS.filter((kind) => kind !== 'other');

/** The kinds that the stage reached by a masked text leaves open; where it tells no stage, all that its unknown words may mean. */
export function kindsOfStage(text: string): readonly PullErrorKind[] {
  const stage = STAGES.find(([words]) => has(text, words))?.[1];
  if (stage) return stage;
  return /[a-z]/.test(text) ? ANYTHING : [];
}
