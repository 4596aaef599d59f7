/** What each misbehaviour is to the node, in containerd's words where it has any, and what the diagnosis makes of it. */
import { json, oneManifest } from '../../adapters/registry/fake-registry.ts';
import {
  answer,
  badGzip,
  basic,
  bearer,
  body,
  cutBody,
  cutHeader,
  drip,
  echo,
  endlessPages,
  gzipBomb,
  hangUp,
  headerBomb,
  html,
  huge,
  interimStorm,
  redirect,
  silent,
} from './habits.ts';
import { type Story, TOKEN, tokenStories } from './token-stories.ts';

const NOT_FOUND = 'HOST/team/api:1.4.2: not found';
const STATUS = (status: string) =>
  `unexpected status from HEAD request to http://HOST/v2/team/api/manifests/1.4.2: ${status}`;
const ASKING = 'failed to do request: Head "http://HOST/v2/team/api/manifests/1.4.2": ';
export const stories: Readonly<Record<string, Story>> = {
  ...tokenStories,
  'the tag is not there': {
    habit: bearer({}),
    says: NOT_FOUND,
    verdict: 'tag-not-found certain',
    tells: 'The repository HOST/team/api exists, the tag 1.4.2 does not. Nearest: 1.4.1',
  },
  'the repository is not there': {
    habit: bearer({ manifest: answer(404, 'NAME_UNKNOWN'), tags: answer(404, 'NAME_UNKNOWN') }),
    says: NOT_FOUND,
    verdict: 'repository-not-found certain',
    tells: 'The registry HOST has no repository team/api',
  },
  'the repository is not there, said as docker-registry says it': {
    habit: bearer({ tags: answer(404, 'NAME_UNKNOWN') }),
    says: NOT_FOUND,
    verdict: 'repository-not-found certain',
    tells: 'The registry HOST has no repository team/api',
  },
  'all is well by now': {
    habit: bearer({ manifest: (_q, r) => json(r, 200, oneManifest) }),
    says: NOT_FOUND,
    verdict: 'image-not-found possible',
    tells: 'The registry gives the image to the same credentials now',
  },
  'too many requests': {
    habit: bearer({ manifest: answer(429, 'TOOMANYREQUESTS', { 'retry-after': '99999999999' }) }),
    says: STATUS('429 Too Many Requests'),
    verdict: 'rate-limited certain',
    tells: 'HOST answered 429 and asks to wait a day or more; the node met the same',
  },
  'a rule denies it': {
    habit: bearer({ manifest: answer(403, 'DENIED') }),
    says: STATUS('403 Forbidden'),
    verdict: 'permission-denied likely',
    tells: 'HOST does not let user robot (secret/regcred, entry HOST) pull: the repository team/api is missing',
  },
  'an error of its own': {
    habit: bearer({ manifest: answer(500, 'UNKNOWN') }),
    says: STATUS('500 Internal Server Error'),
    verdict: 'registry-error certain',
    tells: 'The registry itself fails: HOST answered 500',
  },
  'under Basic, a wrong login': {
    habit: (_q, r) => r.writeHead(401, { 'www-authenticate': 'Basic realm="box"' }).end(),
    says: STATUS('401 Unauthorized'),
    verdict: 'credentials-rejected certain',
    tells: 'The registry HOST refuses user robot (secret/regcred',
  },
  'no first byte': {
    habit: basic(silent),
    hangs: true,
    says: `${ASKING}net/http: timeout awaiting response headers`,
    verdict: 'connection-timeout certain',
    tells: 'Node and bot both fail on HOST as user robot',
  },
  'no first byte at all': {
    habit: silent,
    hangs: true,
    says: `${ASKING}net/http: timeout awaiting response headers`,
    verdict: 'connection-timeout certain',
    tells: 'Node and bot both fail on HOST: the registry does not answer in time',
  },
  'a byte now and then': {
    habit: basic(drip),
    hangs: true,
    verdict: 'connection-timeout likely',
    tells: 'The node’s own words give no reason',
  },
  'a body that is cut': {
    habit: basic(cutBody),
    says: `${ASKING}unexpected EOF`,
    verdict: 'connection-reset certain',
    tells: 'the connection is cut before any data comes (HOST',
  },
  'a header that is cut': {
    habit: basic(cutHeader),
    says: `${ASKING}unexpected EOF`,
    verdict: 'connection-reset certain',
    tells: 'the connection is cut before any data comes (HOST',
  },
  'hangs up': {
    habit: hangUp,
    says: `${ASKING}EOF`,
    verdict: 'connection-reset certain',
    tells: 'the connection is cut before any data comes (HOST',
  },
  'a page': {
    habit: html,
    says: 'unexpected media type text/html for sha256:aa: not found',
    verdict: 'non-registry-response certain',
    tells: 'What answers at HOST is no registry: it sent 200 with text/html',
  },
  'a page once logged in': {
    habit: basic(html),
    says: 'unexpected media type text/html for sha256:aa: not found',
    verdict: 'non-registry-response certain',
    tells: 'What answers at HOST is no registry: it sent 200 with text/html',
  },
  'nothing in the body': {
    habit: basic(body('', { 'content-type': oneManifest.mediaType })),
    verdict: 'non-registry-response likely',
    tells: 'HOST answered 200 with a manifest that cannot be read (application/vnd.',
  },
  'another media type': {
    habit: basic(
      body('{"schemaVersion":2,"mediaType":"application/vnd.cncf.helm.chart.v9"}', {
        'content-type': 'application/json',
      }),
    ),
    verdict: 'manifest-unsupported likely',
    tells: 'in the format application/vnd.cncf.helm.chart.v9',
  },
  'schema 1': {
    habit: basic(body('{"schemaVersion":1,"fsLayers":[]}', { 'content-type': 'application/json' })),
    verdict: 'manifest-unsupported likely',
    tells: 'in the format application/vnd.docker.distribution.manifest.v1+json',
  },
  'a manifest of 6 MB': {
    habit: basic(huge),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot with what it does not read, for safety: the manifest is larger than 4 MiB',
  },
  'a circle of redirects': {
    habit: basic(redirect((_p, url) => url)),
    says: `${ASKING}stopped after 10 redirects`,
    verdict: 'registry-error likely',
    tells: 'The words also allow non-registry-response, proxy-failure',
  },
  'ever new redirects': {
    habit: basic(redirect((_p, url) => `${url}x`)),
    says: `${ASKING}stopped after 10 redirects`,
    verdict: 'registry-error likely',
    tells: 'The words also allow non-registry-response, proxy-failure',
  },
  'a redirect to the metadata service': {
    habit: basic(redirect(() => 'http://169.254.169.254/latest/meta-data')),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot with a redirect that it does not follow, for safety: 169.254.169.254 is a link-local, metadata or reserved address',
  },
  'a redirect to link-local': {
    habit: redirect(() => 'http://[fe80::1]/'),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot with a redirect that it does not follow, for safety: fe80::1 is a link-local',
  },
  'a redirect to another private host': {
    habit: basic(redirect(({ other }, url) => `http://${other}${url}`)),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot with a redirect that it does not follow, for safety: 127.0.0.2 is a private',
  },
  'a realm on a foreign private host': {
    habit: bearer({ realm: ({ other }) => `http://${other}/token` }),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot, and sends it to a token server that it does not ask, for safety: 127.0.0.2 is a private',
  },
  'a realm in the metadata service': {
    habit: bearer({ realm: () => 'http://169.254.169.254/token' }),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot, and sends it to a token server that it does not ask, for safety: 169.254.169.254 is a link-local',
  },
  'a realm on another port of this host': {
    habit: bearer({ realm: () => 'http://localhost:1/token' }),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot, and sends it to a token server that it does not ask, for safety: localhost is a private',
  },
  'a realm that is no address': {
    habit: bearer({ realm: () => 'file:///etc/passwd' }),
    verdict: 'backoff-only possible',
    tells:
      'the registry HOST answered the bot, and sends it to a token server that it does not ask, for safety: an address of the form file: is none of a registry',
  },
  'pages of tags at a foreign origin': {
    habit: bearer({ tags: endlessPages(({ other }) => `http://${other}/v2/team/api/tags/list?last=a`) }),
    says: NOT_FOUND,
    verdict: 'tag-not-found certain',
    tells: 'Only 1 of its tags were read',
  },
  'pages of tags without end': {
    habit: bearer({ tags: endlessPages((_p, page) => `/v2/team/api/tags/list?last=t${page}`) }),
    says: NOT_FOUND,
    verdict: 'tag-not-found certain',
    tells: 'Only 5 of its tags were read',
  },
  'tags that never come': {
    habit: bearer({ tags: silent }),
    hangs: true,
    says: NOT_FOUND,
    verdict: 'image-not-found likely',
    tells: 'its tag list could not be read, so tag or repository may be missing',
  },
  'gzip that is none': {
    habit: basic(badGzip),
    verdict: 'non-registry-response likely',
    tells: 'HOST answered 200 with a manifest that cannot be read',
  },
  'a gzip bomb': {
    habit: basic(gzipBomb),
    verdict: 'non-registry-response likely',
    tells: 'HOST answered 200 with a manifest that cannot be read',
  },
  'a token that is garbage': {
    habit: bearer({ token: body('{"token":', { 'content-type': 'application/json' }) }),
    verdict: 'non-registry-response likely',
    tells: 'What answers at HOST is no registry: it sent 200 with application/json',
  },
  'a token that is a page': {
    habit: bearer({ token: html }),
    verdict: 'non-registry-response likely',
    tells: 'What answers at HOST is no registry: it sent 200 with text/html',
  },
  'a token that never comes': {
    habit: bearer({ token: silent }),
    hangs: true,
    says: `${TOKEN}net/http: timeout awaiting response headers`,
    verdict: 'connection-timeout certain',
    tells: 'Node and bot both fail on HOST: the registry does not answer in time',
  },
  'a token without an expiry': {
    habit: bearer({ token: (_q, r) => json(r, 200, { access_token: 'opaque' }) }),
    says: NOT_FOUND,
    verdict: 'tag-not-found certain',
    tells: 'The repository HOST/team/api exists, the tag 1.4.2 does not',
  },
  'interim answers without end': {
    habit: basic(interimStorm('103 Early Hints')),
    hangs: true,
    verdict: 'connection-timeout likely',
    tells: 'The node’s own words give no reason',
  },
  'continue without end': {
    habit: basic(interimStorm('100 Continue')),
    verdict: 'non-registry-response likely',
    tells: 'What answers at HOST is no registry: it sent what cannot be read as HTTP',
  },
  'headers without end': {
    habit: basic(headerBomb),
    verdict: 'non-registry-response likely',
    tells: 'What answers at HOST is no registry: it sent what cannot be read as HTTP',
  },
  'an echo of what it was sent': {
    habit: basic(echo),
    says: STATUS('403 Forbidden'),
    verdict: 'permission-denied likely',
    tells: 'The login itself is good: HOST accepts it at /v2/',
  },
};
