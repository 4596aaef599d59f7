import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Sealed } from '../../src/sealed.ts';
import { createRedactor, maskLines, maskShapes } from '../../src/telemetry/redact.ts';
import { ownMs } from '../support/own-time.ts';

const CANARY = 'Canary+pass/word 42=';

describe('a registered secret', () => {
  const redactor = createRedactor();
  redactor.register(new Sealed(CANARY));

  it.each([
    ['as it is', CANARY],
    ['in a URL', encodeURIComponent(CANARY)],
    ['in a form', encodeURIComponent(CANARY).replaceAll('%20', '+')],
    ['in base64', Buffer.from(CANARY).toString('base64')],
    ['in base64url', Buffer.from(CANARY).toString('base64url')],
    ['in a docker config', Buffer.from(`robot:${CANARY}`).toString('base64')],
    ['in another docker config', Buffer.from(`me:${CANARY}`).toString('base64')],
    ['in a third docker config', Buffer.from(`u1:${CANARY}`).toString('base64')],
    ['in hex', Buffer.from(CANARY).toString('hex')],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ x: CANARY }))],
  ])('is masked %s', (_form, text) => {
    const masked = redactor.mask(`before ${text} after`);
    expect(masked).toContain('before ');
    expect(masked).toContain(' after');
    expect(masked).not.toContain(text);
    // Nothing of 8 characters of the secret's form is left.
    for (let from = 8; from + 8 <= text.length - 8; from += 1) expect(masked).not.toContain(text.slice(from, from + 8));
  });

  it('is masked wherever it stands in base64', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (before, after) => {
        const masked = redactor.mask(Buffer.from(before + CANARY + after).toString('base64'));
        expect(masked).toContain('[masked]');
      }),
    );
  });

  it('leaves ordinary text alone', () => {
    const text = 'The tag v1.2.4 does not exist in ghcr.io/org/api-service (404 MANIFEST_UNKNOWN).';
    expect(redactor.mask(text)).toBe(text);
  });
});

describe('what looks like a credential', () => {
  const redactor = createRedactor();

  it.each([
    ['Authorization: Basic cm9ib3Q6c2VjcmV0', 'cm9ib3Q6c2VjcmV0'],
    ['authorization=Bearer abc.def.ghi', 'abc.def.ghi'],
    ['sent "Bearer abcdef0123456789" there', 'abcdef0123456789'],
    [`token ${['xoxb', '1234567890', 'abcdefghij'].join('-')}`, '1234567890-abcdefghij'],
    [`app ${['xapp', '1', 'A0', '123', 'abcdef'].join('-')}`, 'A0-123-abcdef'],
    ['https://hooks.slack.com/services/T0/B0/abcdef', 'T0/B0/abcdef'],
    ['{"auths":{"ghcr.io":{"auth":"cm9ib3Q6c2VjcmV0"}}}', 'cm9ib3Q6c2VjcmV0'],
    ['"{\\"auth\\":\\"cm9ib3Q6c2VjcmV0\\"}"', 'cm9ib3Q6c2VjcmV0'],
    ['{"identitytoken": "something-long"}', 'something-long'],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end', 'eyJzdWIiOiIxIn0'],
    [`key ${['AKIA', 'ABCDEFGHIJKLMNOP'].join('')}`, 'ABCDEFGHIJKLMNOP'],
    ['AWS_SECRET_ACCESS_KEY=abcd/efgh+ijkl', 'abcd/efgh+ijkl'],
    [`pat ${['ghp', 'abcdefghijklmnopqrst'].join('_')}`, 'abcdefghijklmnopqrst'],
    ['redis://user:hunter2hunter2@redis:6379', 'hunter2hunter2'],
    ['https://b.s3.amazonaws.com/x?X-Amz-Credential=AAA&X-Amz-Signature=0123abcd&x=1', '0123abcd'],
    ['https://x.blob.core.windows.net/y?sv=2024&sig=abc%2Bdef', 'abc%2Bdef'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdef\n-----END RSA PRIVATE KEY-----', 'MIIEabcdef'],
  ])('is masked in %s', (text, secret) => {
    const masked = redactor.mask(text);
    expect(masked).not.toContain(secret);
    expect(masked).toContain('[masked]');
  });

  it('keeps what people need to read', () => {
    for (const text of [
      'kubectl -n staging get secret regcred -o yaml',
      'GET https://ghcr.io/v2/org/app/manifests/v1?ns=docker.io -> 401',
      'image registry:5000/team/app@sha256:0123456789abcdef',
      'pull secret regcred has no entry for ghcr.io',
    ]) {
      expect(redactor.mask(text)).toBe(text);
    }
  });

  it('masking again changes nothing more', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('auth', '=', ':', '"', ' ', 'Bearer ', '?sig=', 'eyJ', '.', 'x', '-', 'token'),
        }),
        (text) => {
          const once = redactor.mask(text);
          expect(redactor.mask(once)).toBe(once);
        },
      ),
    );
  });

  it.each([
    'eyJ',
    '-eyJ',
    'Bearer ',
    'auth:',
    '"auth":"',
    '-----BEGIN PRIVATE KEY-----',
    '://a:',
    'xoxb-',
    '?sig=',
    'token=',
    'A_TOKEN',
    'password: ',
    ' --token ',
    'login ',
    ' -u a:',
    'ewog',
    ' ',
    'a',
  ])('takes linear time on a megabyte of %j', (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    expect(ownMs(() => redactor.mask(text), 3000)).toBeLessThan(3000);
  });
});

/** In no word that could be an image's name, so that it is masked in every text. */
describe('the shape of a secret', () => {
  const value = 'Canary7Pa55word';
  const config = JSON.stringify({ auths: { 'ghcr.io': { auth: value } } });
  it.each([
    `export API_TOKEN='${value}'`,
    `PGPASSWORD="${value}" psql`,
    `DJANGO_SECRET_KEY=${value}`,
    `//registry.example.com/:_authToken=${value}`,
    `aws_secret_access_key = ${value}`,
    `  password: ${value}`,
    `"clientSecret": "${value}"`,
    `docker login -u bot -p ${value} ghcr.io`,
    `docker login ghcr.io --username bot --password ${value}`,
    `crane auth --token=${value}`,
    `curl -fsS -u bot:${value} https://ghcr.io/v2/`,
    `Authorization: Bearer ${value}`,
    `sent bearer ${value}0123`,
    `.dockerconfigjson: ${Buffer.from(config).toString('base64')}`,
    `.dockerconfigjson: ${Buffer.from(JSON.stringify(JSON.parse(config), null, 2)).toString('base64')}`,
    JSON.stringify(config),
    `https://bot:${value}@github.com/org/app.git`,
  ])('%s', (text) => {
    const masked = maskShapes(text);
    expect(masked).not.toContain(value);
    expect(masked).not.toContain(Buffer.from(value).toString('base64').slice(4, -4));
    expect(masked).toContain('[masked]');
    expect(maskShapes(masked)).toBe(masked);
  });

  it.each([
    'registry.example.com/team/auth:1.4.2',
    'registry.example.com/team/token:1: not found',
    `ghcr.io/org/secret@sha256:${'0'.repeat(64)}`,
    'pull secret regcred has no entry for ghcr.io',
    'unauthorized: authentication required, basic authentication is refused',
    'Bearer realm="https://auth.example.com/token",service="registry"',
    'token: 200 granting [pull]',
    'password: ${{ secrets.REGISTRY_PASSWORD }}',
    'TOKEN=$GITHUB_TOKEN',
    'id-token: write',
    'docker login --password-stdin ghcr.io',
    'docker run -u 1000:1000 app',
    'AUTHOR=jane',
    'kubectl create secret docker-registry regcred --docker-username=USER --docker-password=PASSWORD',
    '--docker-username=… --docker-password=… --dry-run=client',
    'kubectl create secret docker-registry regcred --docker-server=ghcr.io',
    'eyJ0aGlzIGlzIG5v',
  ])('is not seen in %s', (text) => {
    expect(maskShapes(text)).toBe(text);
  });

  const key = ['MIIEowIBAAKCAQEA7bq0', 'c2Vjb25kIGxpbmUgb2Yga2V5', 'dGhpcmQ='];
  const begin = ['-----BEGIN RSA PRIVATE', 'KEY-----'].join(' ');
  const end = ['-----END RSA PRIVATE', 'KEY-----'].join(' ');
  it.each([
    ['whole', ['starting', begin, ...key, end, 'exit 1'], ['starting', 'exit 1']],
    ['without its end', ['starting', begin, ...key, 'panic: it broke'], ['starting', 'panic: it broke']],
    ['without its beginning', [...key, end, 'exit 1'], ['exit 1']],
    ['with time stamps', [begin, ...key, end].map((line) => `2026-11-21T10:00:00Z ${line}`), []],
  ])('is seen in a key over several lines, %s', (_how, lines, left) => {
    const masked = maskLines(lines, maskShapes);
    expect(masked).toHaveLength(lines.length);
    expect(masked.filter((line) => !line.includes('[masked]'))).toEqual(left);
  });
});

describe('the registry of secrets', () => {
  it('ignores what is too short to be told from words', () => {
    const redactor = createRedactor();
    redactor.register('abc');
    expect(redactor.mask('abc')).toBe('abc');
  });

  it('masks the longer of two secrets whole', () => {
    const redactor = createRedactor();
    redactor.register('hunter2');
    redactor.register('hunter2-and-more');
    expect(redactor.mask('x hunter2-and-more y')).toBe('x [masked] y');
  });

  it('stays bounded: of six hundred, the newest five hundred are kept', () => {
    const redactor = createRedactor();
    for (let n = 0; n < 600; n += 1) redactor.register(`canary-number-${n}-end`);
    expect(redactor.mask('canary-number-599-end')).toBe('[masked]');
    expect(redactor.mask('canary-number-0-end')).toBe('canary-number-0-end');
  });
});
