/** An image whose name, platform or format is at fault, or nothing of its pull at all. */
import { badReference, certainly, type Fault, GOOD, good, notLogin, notPull, ODD, open } from './fault.ts';

const noDigest = `sha256:${'0'.repeat(63)}1`;

export const IMAGE_FAULTS: readonly Fault[] = [
  good(
    'tag',
    'shop/web:nope',
    certainly(
      'tag-not-found',
      { ...badReference, credentials: 'good' },
      [`The repository ${GOOD}/shop/web exists, the tag nope does not`, 'It has only v1', 'Push the missing tag'],
      notLogin,
    ),
  ),
  good(
    'digest',
    `shop/web@${noDigest}`,
    certainly(
      'digest-not-found',
      badReference,
      [`The repository ${GOOD}/shop/web exists`, `no manifest ${noDigest}`, 'Pin a digest that exists'],
      notLogin,
    ),
  ),
  good(
    'repository',
    'shop/wbe:v1',
    certainly(
      'repository-not-found',
      badReference,
      [`The registry ${GOOD} has no repository shop/wbe`, 'It holds shop/web', 'Correct the path'],
      notLogin,
    ),
  ),
  good(
    'capitals',
    'Shop/Web:v1',
    certainly(
      'invalid-reference',
      badReference,
      [`"${GOOD}/Shop/Web:v1" is not a reference`, 'capital', 'Correct the value in the manifest'],
      notLogin,
    ),
  ),
  open(
    'empty-tag',
    `${GOOD}/shop/web:`,
    certainly(
      'invalid-reference',
      badReference,
      [`"${GOOD}/shop/web:" is not a reference`, 'tag', 'Correct the value in the manifest'],
      notLogin,
    ),
  ),
  open(
    'none',
    'None:None',
    certainly('invalid-reference', badReference, ['"None:None" is not a reference', 'Correct the value'], notLogin),
  ),
  open(
    'arm',
    `${ODD}/arm/web:v1`,
    certainly(
      'platform-mismatch',
      { ...badReference, reachability: 'good' },
      [
        'The image exists for linux/arm64, but node node-1 is linux/amd64',
        'the only node where the pod may land',
        'Build and push the image for linux/amd64 as well',
      ],
      notLogin,
    ),
  ),
  open(
    'schema1',
    `${ODD}/schema1/web:v1`,
    certainly(
      'manifest-unsupported',
      badReference,
      ['The image is there, but in the format', 'Build the image again with a current builder'],
      new RegExp(`${notLogin.source}|does not exist`, 'i'),
    ),
  ),
  good(
    'never',
    'shop/web:nope',
    certainly(
      'never-pull-policy',
      {},
      [
        `forbids pulling (imagePullPolicy Never), and ${GOOD}/shop/web:nope is not on its node`,
        'load the image onto the node',
      ],
      notLogin,
    ),
    { policy: 'Never' },
  ),
  good(
    'no-node',
    'shop/web:nope',
    certainly(
      'not-an-image-problem',
      {},
      ['no node takes the pod', '0/1 nodes are available', 'the runbook “Pod Pending: scheduling”'],
      notPull,
    ),
    { spec: { nodeSelector: { disk: 'ssd' } } },
  ),
  good(
    'no-config',
    'shop/web:v1',
    certainly(
      'not-an-image-problem',
      { reference: 'good' },
      ['configmap "absent" not found', 'the runbook “CreateContainerConfigError”'],
      notPull,
    ),
    { container: { envFrom: [{ configMapRef: { name: 'absent' } }] } },
  ),
  {
    ...good(
      'crash',
      'shop/web:v1',
      certainly(
        'container-crashing',
        { reference: 'good', credentials: 'good' },
        [
          'The image is on the node and the container starts, but it exits with exit code 1',
          'Its last log line: “failed to pull image: manifest unknown”',
          'Read the last log lines',
        ],
        /\btag \S+ does not\b|no repository|refuses user|wants a login|cannot be pulled/i,
      ),
      { container: { command: ['/pause', 'crash', 'failed to pull image: manifest unknown'] } },
    ),
    logs: true,
  },
];
