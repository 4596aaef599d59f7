/** The runtime and the node's own store, and what a pod suffers beside its pulls. */
import { met } from './met.ts';
import { type Failure, type Rule, type Verdict, verdict, when } from './rule.ts';
import { has } from './words.ts';

/** A pod's events beside its pulls (network of its sandbox, volumes, probes, hooks, scheduling, logs), and programs that talk to other servers. Their timeouts and refusals are no registry's. */
function otherEvent({ text }: Failure): Verdict | undefined {
  const words = [
    'network for sandbox',
    'network for pod',
    'networkplugin',
    'network plugin',
    'cni plugin',
    'runtimehandler',
    'get sandbox runtime',
    'lifecycle hook',
    'poststarthook',
    'prestophook',
    'killpodsandbox',
    'error killing pod',
    'unable to connect to the server',
    'error from server',
    'logged in to the server',
    'identity of the api server',
    'provision volume',
    'download chart',
    'fetch chart',
    'fatal: unable to access',
    'npm err',
    'probe failed',
    'probe errored',
    'mountvolume',
    'failedmount',
    'failedattachvolume',
    'failedscheduling',
    'failed for volume',
    'attach or mount volumes',
    'sync configmap',
    'sync secret',
    'nodes are available',
    'replicaset ‹ref› has timed',
    'progress deadline',
    'timed out waiting for the condition',
    'cloudwatch log',
    'logging driver',
  ];
  if (!has(text, words) || has(text, ['pull', 'failed to resolve', 'waiting to start'])) return undefined;
  return verdict('other', 'runtime-unavailable', ...met(text));
}

/** A Secret that is not there: the kubelet's own warning names it as one for pulls. */
function aboutSecret(text: string): Verdict {
  return text.includes('pull secret')
    ? verdict('pull-secret-missing', 'other')
    : verdict('other', 'pull-secret-missing');
}

/** Not about an image: the objects a pod names, and containers that were created from an image that is there. */
export const ELSEWHERE_RULES: readonly Rule[] = [
  otherEvent,
  ({ text }) =>
    has(text, ['‹ref› not found', '‹ref› is forbidden']) &&
    /\b(?:secret|configmap|serviceaccount|persistentvolumeclaim|namespace|node|pod)s? ‹ref› (?:not found|is forbidden)/.test(
      text,
    )
      ? aboutSecret(text)
      : undefined,
  when('other', [
    'oci runtime',
    'runc create failed',
    'failed to create shim',
    'failed to start container',
    'executable file not found',
    'exec format error',
    'restarting failed container',
  ]),
];

/** A stored layer that no unpacker reads to its end: kept broken, sent broken or packed so. The daemon often dies of it as well. */
export const DAMAGED_RULES: readonly Rule[] = [
  ({ text }) =>
    has(text, [
      'unpigz',
      'deflate data',
      'corrupt',
      'invalid checksum',
      'checksum failed',
      'checksum error',
      'crc mismatch',
    ]) && !has(text, ['no space left', 'disk quota', 'not match', 'tls: '])
      ? verdict('node-storage', 'digest-mismatch', 'manifest-unsupported', 'transfer-interrupted', 'node-disk')
      : undefined,
];

/** The kubelet cannot talk to the runtime. */
export const RUNTIME_RULES: readonly Rule[] = [
  when('runtime-unavailable', [
    '‹sock›',
    'dial unix',
    'unknown service',
    'unknown method',
    'subconns are in transientfailure',
    'connect to the docker daemon',
    'docker daemon running',
    'container runtime is down',
    'runtime not ready',
    'runtime is not ready',
    'server is not initialized yet',
    'transport is closing',
    'error reading from server',
    'grpc: the client connection is closing',
    'grpc: the connection is',
  ]),
];

/** Content arrived, and the node could not keep or use it. */
export const CONTENT_RULES: readonly Rule[] = [
  when('node-disk', [
    'no space left',
    'not enough space',
    'disk quota exceeded',
    'enospc',
    'out of disk',
    'disk is full',
    'no free inodes',
    'low on resource: ephemeral',
    'low on resource: inodes',
    'low on resource: imagefs',
    'low on resource: nodefs',
    'disk pressure',
    'diskpressure',
    'garbage collect required',
  ]),
  when(
    'digest-mismatch',
    [
      'unexpected commit digest',
      'unexpected commit size',
      'failed size validation',
      'digest mismatch',
      'size mismatch',
      'digest did not match',
      'does not match digest',
      'digest does not match',
      'not match the digest',
      'layer verification failed',
      'verification failed for digest',
      'manifest verification failed',
      'digest verification failed',
      'wrong diff id',
    ],
    ['transfer-interrupted', 'proxy-failure', 'node-storage', 'registry-error'],
  ),
];

/** The image store or unpacking; after everything that explains it better. */
export const STORAGE_RULES: readonly Rule[] = [
  givenUp,
  when('node-storage', ['read-only file system', 'input/output error', 'structure needs cleaning'], ['node-disk']),
  when('node-storage', ['whiteout', 'operation not supported'], ['manifest-unsupported']),
  when('node-storage', ['unable to convert a nil pointer'], ['manifest-unsupported', 'other']),
  snapshotter,
  inContainer,
  // Two pulls of one layer hold each other's lock.
  ({ text }) =>
    text.includes('locked') && /\blocked\b[^"]{0,200}: unavailable/.test(text)
      ? verdict('node-storage', 'runtime-unavailable')
      : undefined,
  when(
    'node-storage',
    ['driver devicemapper', 'driver overlay', 'driver aufs', 'driver btrfs', 'driver zfs'],
    ['node-disk'],
  ),
  when('node-storage', [
    'parent snapshot',
    'failed to stat parent',
    'image not known',
    'layer not known',
    'resolve to an image id',
    'locating image with id',
    'locating item named',
    'content digest ‹digest› not found',
    'content digest ‹digest›: not found',
    'insufficient uids or gids',
    'metadata.db',
    'meta.db',
    'failed to create snapshot',
    'snapshot ‹digest› does not exist',
    'verify layer data',
    'lower layer',
    'layer store',
    'removing the image to resolve',
    'already exists, but uses',
    'already in use',
    'too many links',
    'symbolic links',
    'overlay mount',
    'mount namespace',
    'failed to mount',
    'failed to mknod',
    'snapshots/',
  ]),
  // containerd closes every refused value with these words, not only the store's.
  when(
    'node-storage',
    ['reports content size of zero', 'invalid argument'],
    ['manifest-unsupported', 'digest-mismatch', 'registry-error', 'transfer-interrupted', 'proxy-failure'],
  ),
  // Windows: layers are imported by the host compute service; a Linux layer fails there in the same words.
  when(
    'node-storage',
    ['hcsshim', 'win32', 'windowsfilter'],
    ['manifest-unsupported', 'platform-mismatch', 'node-disk'],
  ),
  unpacking,
];

/** Somebody gave up while the node unpacked: the innermost error, whatever was being done. */
function givenUp({ text }: Failure): Verdict | undefined {
  if (!has(text, ['extract', 'snapshot', 'unpack', 'layer'])) return undefined;
  return /: context (?:canceled|deadline exceeded)(?:: \w{1,24})?(?:["'\s]|$)/.test(text)
    ? verdict('cancelled-or-deadline', 'node-storage', 'node-disk', 'connection-timeout', 'transfer-interrupted')
    : undefined;
}

/** A container is made from an image that was pulled: what is missing then is the store's, or the snapshotter's that keeps it. */
function inContainer({ text }: Failure): Verdict | undefined {
  // The volume made from an image: it is there, and cannot be mounted as the pod asks.
  if (text.includes('imagevolumemountfailed')) {
    return verdict('other', 'node-storage', 'manifest-unsupported', 'image-not-found', 'invalid-reference');
  }
  const at = Math.max(text.indexOf('create containerd container'), text.indexOf('createcontainer within'));
  return at >= 0 && has(text, ['snapshot', 'mounts: ']) && !text.includes('pull', at)
    ? verdict('node-storage', 'runtime-unavailable', 'other')
    : undefined;
}

/** The snapshotter may be a program of its own (stargz, nydus, SOCI): unless the text says what the store lacks, it may be down. */
function snapshotter({ text }: Failure): Verdict | undefined {
  if (
    text.includes('snapshotter') &&
    /snapshotter \S{1,80} (?:was )?not (?:found|loaded)|snapshotter not (?:found|loaded)/.test(text)
  ) {
    return verdict('node-storage', 'runtime-unavailable');
  }
  const at = text.indexOf('extraction snapshot');
  if (at < 0) return undefined;
  return /not exist|not found|no such|missing|failed to/.test(text.slice(at))
    ? verdict('node-storage', 'node-disk')
    : verdict('node-storage', 'runtime-unavailable', 'node-disk');
}

function unpacking({ text }: Failure): Verdict | undefined {
  if (text.includes('on snapshotter') && !text.includes('layer')) {
    return verdict('node-storage', 'manifest-unsupported', 'non-registry-response', 'node-disk', 'platform-mismatch');
  }
  if (
    has(text, ['register layer', 'extract layer', 'on snapshotter', 'mount callback', 'applylayer', 'processing tar'])
  ) {
    return verdict('node-storage', 'manifest-unsupported', 'node-disk', 'transfer-interrupted');
  }
  if (
    text.includes('‹path›: ') &&
    /‹path›: (?:permission denied|operation not permitted|no such file|too many open files|device or resource busy)/.test(
      text,
    )
  ) {
    return verdict('node-storage', 'node-disk', 'other');
  }
  if (!text.includes('failed to inspect image ')) return undefined;
  return has(text, ['deadline exceeded', 'context canceled'])
    ? verdict('cancelled-or-deadline', 'node-storage', 'runtime-unavailable')
    : verdict('node-storage', 'short-name-unresolved', 'runtime-unavailable', 'cancelled-or-deadline', 'other');
}
