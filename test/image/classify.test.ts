import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { classify } from '../../src/image/classify.ts';
import { classifyLine, classifyLines } from '../../src/image/classify-lines.ts';
import { PULL_ERROR_KINDS } from '../../src/image/pull-error.ts';
import { ownMs } from '../support/own-time.ts';
import { hostileMessages } from './hostile.ts';

const IMAGE = 'registry.example.com/team/app:v1';
const MANIFEST = 'https://registry.example.com/v2/team/app/manifests/v1';

/** One failure in the words of each runtime. */
function tellings(inner: string): string[] {
  return [
    `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": failed to do request: Head "${MANIFEST}": ${inner}`,
    `Failed to pull image "${IMAGE}": failed to pull and unpack image "${IMAGE}": failed to resolve image: failed to do request: Head "${MANIFEST}": ${inner}`,
    `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = Error response from daemon: Get "https://registry.example.com/v2/": ${inner}`,
    `Failed to pull image "${IMAGE}": rpc error: code = Unknown desc = pinging container registry registry.example.com: Get "https://registry.example.com/v2/": ${inner}`,
    `Back-off pulling image "${IMAGE}": ErrImagePull: initializing source docker://${IMAGE}: pinging container registry registry.example.com: Get "https://registry.example.com/v2/": ${inner}`,
    `unable to pull image or OCI artifact: pull image err: initializing source docker://${IMAGE}: Get "https://registry.example.com/v2/": ${inner}; artifact err: get manifest: Get "https://registry.example.com/v2/": ${inner}`,
  ];
}

describe('the same failure has the same kind in every runtime', () => {
  it.each([
    ['dial tcp: lookup registry.example.com on 10.0.0.10:53: no such host', 'dns-failure'],
    ['dial tcp 192.0.2.7:443: connect: connection refused', 'connection-refused'],
    ['dial tcp 192.0.2.7:443: i/o timeout', 'connection-timeout'],
    ['dial tcp 192.0.2.7:443: connect: no route to host', 'network-unreachable'],
    ['read tcp 10.0.0.2:555->192.0.2.7:443: read: connection reset by peer', 'connection-reset'],
    ['net/http: TLS handshake timeout', 'tls-handshake'],
    ['x509: certificate signed by unknown authority', 'tls-untrusted'],
    ['http: server gave HTTP response to HTTPS client', 'http-vs-https'],
    ['proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused', 'proxy-failure'],
  ])('%s is %s', (inner, kind) => {
    expect(tellings(inner).map((text) => classify(text).kind)).toEqual(tellings(inner).map(() => kind));
  });
});

describe('names in a message are not read as its words', () => {
  it.each([
    'registry.example.com/unauthorized/forbidden:404',
    'registry.example.com/x509/i-o-timeout:429',
    'no-space-left.example.com/denied/app:500-internal-server-error',
    'toomanyrequests.example.com:5000/connection-refused:manifest-unknown',
    'docker.io/library/unauthorized:503',
    'docker.io/library/denied:expired-token',
  ])('%s not found is a missing image and nothing else', (image) => {
    const told = [
      `Failed to pull image "${image}": rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
      `Failed to pull image "${image}": rpc error: code = Unknown desc = Error response from daemon: manifest for ${image} not found: manifest unknown`,
      `Failed to pull image "${image}": rpc error: code = Unknown desc = reading manifest ${image.split(':').at(-1)} in ${image.replace(/:[^:]*$/, '')}: manifest unknown`,
    ];
    expect(told.map((text) => classify(text).kind)).toEqual(['image-not-found', 'image-not-found', 'image-not-found']);
    expect(classify(told[0] ?? '').image).toBe(image);
  });
});

describe('joined errors', () => {
  const anonymous = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized`;

  it('the anonymous attempt does not vote where a credential got further, and stays open', () => {
    const answer = classify(
      `Failed to pull image "${IMAGE}": [rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found, rpc error: code = Unknown desc = ${anonymous}]`,
    );
    expect(answer).toMatchObject({ kind: 'image-not-found', also: ['unauthorized'] });
  });

  it('a mirror that failed first does not hide what the registry said', () => {
    const answer = classify(
      'Failed to pull image "docker.io/team/app:v9": initializing source docker://team/app:v9: (Mirrors also failed: [mirror.local/team/app:v9: pinging container registry mirror.local: Get "https://mirror.local/v2/": dial tcp 10.0.0.1:443: connect: connection refused]): docker.io/team/app:v9: reading manifest v9 in docker.io/team/app: manifest unknown',
    );
    expect(answer.kind).toBe('image-not-found');
  });
});

describe('who is named', () => {
  it('a page to read is not the host that failed', () => {
    const limited =
      'Failed to pull image "busybox": rpc error: code = Unknown desc = Error reading manifest latest in docker.io/library/busybox: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit';
    const refused =
      'Error response from daemon: Get "https://reg.azurecr.io/v2/": denied: client with IP is not allowed access. Refer https://aka.ms/acr/firewall to grant access.';
    expect([classify(limited).host, classify(refused).host]).toEqual(['docker.io', 'reg.azurecr.io']);
  });

  it('the host that failed may be the token server', () => {
    const answer = classify(
      'Failed to pull image "nginx": failed to pull and unpack image "docker.io/library/nginx:latest": failed to resolve reference "docker.io/library/nginx:latest": failed to authorize: failed to fetch anonymous token: Get "https://auth.docker.io/token?scope=repository%3Alibrary%2Fnginx%3Apull&service=registry.docker.io": dial tcp 192.0.2.7:443: i/o timeout',
    );
    expect(answer).toMatchObject({
      kind: 'connection-timeout',
      host: 'auth.docker.io',
      image: 'nginx',
      registry: 'docker-hub',
      runtime: 'containerd',
    });
  });

  it('the proxy, not the registry, when the proxy failed', () => {
    const answer = classify(
      'Error response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: i/o timeout',
    );
    expect(answer).toMatchObject({
      kind: 'proxy-failure',
      host: '10.0.0.1:3128',
      registry: 'docker-hub',
      runtime: 'docker',
    });
  });

  it.each([
    'failed to do request: Head "/v2/loop/web/manifests/v1": stopped after 10 redirects',
    'failed to authorize: failed to fetch oauth token: authorization server did not include a token in the response',
  ])('a registry that answers, and never to the point, is not the image’s fault: %s', (message) => {
    const text = `failed to resolve reference "odd.example:5000/loop/web:v1": ${message}`;
    expect(classify(text)).toMatchObject({ kind: 'registry-error' });
  });

  it('nobody where the text names nobody', () => {
    expect(classify('pull QPS exceeded')).toEqual({
      kind: 'kubelet-throttled',
      also: [],
      host: null,
      image: null,
      registry: null,
      runtime: null,
    });
  });
});

describe('a log that says it in fields', () => {
  it('is read where its front was cut off: its own fields are no part of the error', () => {
    const answer = classify(
      '"caller":"gin/logger.go:62","path":"/v2/team/app/manifests/v1","status":500,"handler":"mirror","msg":"","error":"no peer answered"',
    );
    expect(answer.kind).toBe('registry-error');
  });
});

describe('who turned it away before any pull', () => {
  it('is the cluster, not a registry; what the verifier met at the registry stays open', () => {
    const answer = classify(
      'admission webhook "mutate.kyverno.svc-fail" denied the request: failed to verify image registry.example.com/team/app:1: GET https://registry.example.com/v2/: UNAUTHORIZED: authentication required; no signature could be read',
    );
    expect(answer).toMatchObject({ kind: 'signature-rejected', also: expect.arrayContaining(['unauthorized']) });
  });

  it('nobody did where the webhook itself could not be asked', () => {
    const answer = classify(
      'failed calling webhook "policy.sigstore.dev": failed to call webhook: Post "https://webhook.cosign-system.svc:443/": context deadline exceeded',
    );
    expect(answer).toMatchObject({ kind: 'other', also: expect.arrayContaining(['cancelled-or-deadline']) });
  });
});

describe('the reason beside a message', () => {
  it.each([
    ['InvalidImageName', 'invalid-reference'],
    ['ErrImageNeverPull', 'never-pull-policy'],
    ['SignatureValidationFailed', 'signature-rejected'],
    ['FailedToRetrieveImagePullSecret', 'pull-secret-missing'],
  ])('%s settles it', (reason, kind) => {
    expect(classify('', reason).kind).toBe(kind);
  });

  it('is data where it is no known reason', () => {
    const answer = classify('', 'illegal base64 data at input byte 0');
    expect(answer.kind).toBe('other');
    expect(answer.also).toContain('unauthorized');
  });

  it.each([
    '',
    'something else happened',
    'Error: secret "regcred" not found',
    'Error: configmap "settings" not found',
    'exec: "app": executable file not found in $PATH',
  ])('and without one, "%s" accuses nobody', (message) => {
    expect(classify(message).kind).toBe('other');
  });
});

describe('no message can break it', () => {
  it('whatever the text, the answer is one of the kinds and never its own alternative', () => {
    const word = fc.constantFrom(
      '"',
      '[',
      ']',
      ': ',
      ', rpc error: code = Unknown desc = ',
      'https://',
      '401',
      'denied',
      'not found',
      '\\"',
      'image "',
      'sha256:',
      '\n',
      '‹',
      'proxyconnect',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fc.oneof(word, fc.string({ maxLength: 8 }))).map((all) => all.join('')),
        ),
        (message) => {
          const { kind, also } = classify(message);
          expect(PULL_ERROR_KINDS).toContain(kind);
          expect(also).not.toContain(kind);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each(hostileMessages().map(({ name, message }) => [name, message] as const))(
    'a megabyte of %s takes less than 200 ms',
    (_, message) => {
      expect(ownMs(() => classify(message), 200)).toBeLessThan(200);
    },
  );
});

describe('pullcheck classify', () => {
  it('answers line by line in order, and a bad line does not stop the others', async () => {
    const lines = [
      '{"message":"pull QPS exceeded"}',
      'no JSON',
      '',
      '{"reason":"x"}',
      '{"message":"","reason":"InvalidImageName"}',
      '{"message":"x","reason":null}',
    ];
    const answers = [];
    for await (const answer of classifyLines(lines)) answers.push(answer);
    expect(answers.map(({ ok }) => ok)).toEqual([true, false, false, true, true]);
    expect(answers.map(({ text }) => JSON.parse(text) as unknown)).toEqual([
      expect.objectContaining({ kind: 'kubelet-throttled' }),
      { error: 'the line is not JSON' },
      { error: expect.stringContaining('"message"') },
      expect.objectContaining({ kind: 'invalid-reference' }),
      expect.objectContaining({ kind: 'other' }),
    ]);
    expect(Object.keys(JSON.parse(classifyLine(lines[0] ?? '')?.text ?? '{}') as object)).toEqual([
      'kind',
      'also',
      'host',
      'image',
      'registry',
      'runtime',
    ]);
  });
});
