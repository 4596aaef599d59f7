/** Images that are odd in themselves, and references that are odd in another way than by a slip. */
import { pullSecret } from './box.ts';
import {
  CRAFTED,
  certainly,
  container,
  FAILED,
  good,
  keeper,
  login,
  MIRRORED,
  noLogin,
  type OddFault,
  pod,
  type Rest,
  runs,
  STORE,
} from './odd-fault.ts';

/** An image of the crafted registry. */
function odd(name: string, may: readonly string[], says: readonly string[], rest: Partial<Rest> = {}): OddFault {
  const objects = (at: string) => [pod(at, [container(`${CRAFTED}/${name}/web:v1`)], { imagePullSecrets: [] })];
  return { name: `image ${name}`, objects, until: FAILED, may, says, never: noLogin, ...rest };
}

/** containerd 2 takes what is no image, and ends when it makes the container. */
const TAKEN = new RegExp(`${FAILED.source}|CreateContainerError|RunContainerError|CrashLoopBackOff`, 'm');

export const IMAGES: readonly OddFault[] = [
  odd('emptyindex', ['manifest-unsupported'], ['an index that lists no image at all', 'Push the images first'], {
    certain: true,
  }),
  odd('attested', ['manifest-unsupported'], ['an index that lists no image at all', 'Push the images first'], {
    certain: true,
  }),
  odd(
    'lostchild',
    ['image-not-found'],
    ['a part of the image is missing there: manifest sha256:', 'Build and push the image again'],
  ),
  odd('chart', ['manifest-unsupported'], ['is a Helm chart', 'installed with helm'], { until: TAKEN }),
  odd('artifact', ['manifest-unsupported'], ['not a container image', 'Ask for the image itself'], { until: TAKEN }),
  odd('huge', ['manifest-unsupported'], ['Its manifest has 94', 'bytes, more than the runtime takes']),
  odd('broken', ['non-registry-response'], [`${CRAFTED} answered 200 with a manifest that cannot be read`]),
  odd(
    'plaintype',
    ['manifest-unsupported'],
    ['a manifest of schema 1: it is one, or the registry sends it as text/plain'],
  ),
  odd(
    'getgone',
    ['image-not-found'],
    [
      'when the node then asked for what it means by its digest',
      'the whole image’s own and not a part of it',
      'Build and push the image again',
    ],
  ),
];

/** Any image of the store or its mirrored neighbour, with a login for both. */
function asked(name: string, image: string, rest: Rest): OddFault {
  const secrets = { imagePullSecrets: [{ name: 'regcred' }, { name: 'second' }] };
  const second = (at: string) => pullSecret({ namespace: at, name: 'second' }, MIRRORED, keeper);
  const objects = (at: string) => [login(at), second(at), pod(at, [container(image)], secrets)];
  return { name: `reference with ${name}`, objects, ...rest };
}

const noDigest = `sha256:${'0'.repeat(63)}1`;
const noName = new RegExp(`${noLogin.source}|\\btag \\S+ does not\\b|no repository`, 'i');

export const REFERENCES: readonly OddFault[] = [
  asked(
    'a capital in the tag',
    `${STORE}/shop/web:V1`,
    certainly(
      'tag-not-found',
      [`The repository ${STORE}/shop/web exists, the tag V1 does not`, 'Nearest: v1'],
      noLogin,
    ),
  ),
  asked(
    'the right tag and a wrong digest',
    `${good}@${noDigest}`,
    certainly(
      'digest-not-found',
      [`holds no manifest ${noDigest}`, 'The tag v1 beside it exists and means sha256:', 'Pin a digest that exists'],
      noLogin,
    ),
  ),
  asked(
    'a port that nobody serves',
    'store.box:5001/shop/web:v1',
    certainly(
      'connection-refused',
      [
        'Node and bot both fail on store.box:5001',
        'Did you mean store.box:5000',
        'Compare the host with store.box:5000',
      ],
      noName,
    ),
  ),
  asked(
    'no port',
    'store.box/shop/web:v1',
    certainly(
      'connection-refused',
      ['Node and bot both fail on store.box', 'Did you mean store.box:5000', 'Compare the host with store.box:5000'],
      noName,
    ),
  ),
  asked('the node itself', 'localhost:5999/shop/web:v1', {
    until: FAILED,
    may: ['connection-refused'],
    says: ['localhost:5999 means the node that pulls', 'itself, and nothing listens there on port 5999'],
    never: noName,
  }),
  asked('a mirror that is down, and a missing tag', `${MIRRORED}/shop/web:nope`, {
    until: FAILED,
    may: ['tag-not-found'],
    says: [`The repository ${MIRRORED}/shop/web exists, the tag nope does not`, 'It has only v1'],
    never: /registry is down|refuses user|wants a login/i,
  }),
  asked('a mirror that is down, and an image that is there', `${MIRRORED}/shop/web:v1`, runs),
];
