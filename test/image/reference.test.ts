import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { apiHost, fullName, manifestSelector, parseReference, repositoryName } from '../../src/image/reference.ts';

const HEX = '0123456789abcdef'.repeat(4);
const DIGEST = `sha256:${HEX}`;

function nameOf(text: string): string {
  const parsed = parseReference(text);
  return parsed.ok ? fullName(parsed.reference) : `fault: ${parsed.fault.fault}`;
}

describe('an image reference is read as distribution/reference reads it', () => {
  it.each([
    ['nginx', 'docker.io/library/nginx:latest'],
    ['nginx:1.27', 'docker.io/library/nginx:1.27'],
    ['team/app', 'docker.io/team/app:latest'],
    ['docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['index.docker.io/team/app', 'docker.io/team/app:latest'],
    ['index.docker.io/nginx', 'docker.io/library/nginx:latest'],
    ['localhost/app', 'localhost/app:latest'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1'],
    ['localhost:5000', 'docker.io/library/localhost:5000'],
    ['registry:5000/app', 'registry:5000/app:latest'],
    ['registry/app', 'docker.io/registry/app:latest'],
    ['REGISTRY/app', 'REGISTRY/app:latest'],
    ['Reg.Example.COM/app', 'Reg.Example.COM/app:latest'],
    ['[2001:db8::1]/app', '[2001:db8::1]/app:latest'],
    ['[2001:db8::1]:5000/app:x', '[2001:db8::1]:5000/app:x'],
    ['10.0.0.1:30500/a/b/c', '10.0.0.1:30500/a/b/c:latest'],
    ['a__b/c.d-e_f', 'docker.io/a__b/c.d-e_f:latest'],
    ['a---b/c', 'docker.io/a---b/c:latest'],
    [`ghcr.io/org/app@${DIGEST}`, `ghcr.io/org/app@${DIGEST}`],
    [`ghcr.io/org/app:v1@${DIGEST}`, `ghcr.io/org/app:v1@${DIGEST}`],
    [`app@sha512:${HEX}${HEX}`, `docker.io/library/app@sha512:${HEX}${HEX}`],
    [`${HEX}:v1`, `docker.io/library/${HEX}:v1`],
    ['ghcr.io/org/app:_v', 'ghcr.io/org/app:_v'],
    [`ghcr.io/org/app:${'t'.repeat(128)}`, `ghcr.io/org/app:${'t'.repeat(128)}`],
  ])('%s means %s', (text, meaning) => {
    expect(nameOf(text)).toBe(meaning);
  });

  it.each([
    ['', 'empty'],
    ['https://ghcr.io/org/app', 'scheme'],
    ['team/App', 'upper-case'],
    ['Nginx', 'upper-case'],
    ['ghcr.io/Org/app', 'upper-case'],
    ['ghcr.io/org/app:', 'empty-tag'],
    ['ghcr.io/org/app:-x', 'bad-tag'],
    ['ghcr.io/org/app:a+b', 'bad-tag'],
    [`ghcr.io/org/app:${'t'.repeat(129)}`, 'bad-tag'],
    ['ghcr.io/org/app@', 'bad-digest'],
    ['ghcr.io/org/app@sha256:abc', 'bad-digest'],
    [`ghcr.io/org/app@sha256:${HEX.slice(1)}`, 'bad-digest'],
    [`ghcr.io/org/app@sha256:${HEX.toUpperCase()}`, 'bad-digest'],
    [`ghcr.io/org/app@md5:${HEX}`, 'bad-digest'],
    ['ghcr.io/org/app ', 'whitespace-or-quotes'],
    ['"ghcr.io/org/app"', 'whitespace-or-quotes'],
    ['ghcr.io/org/${APP}:1', 'placeholder'],
    ['<registry>/app', 'placeholder'],
    ['/org/app:1', 'leading-slash'],
    ['ghcr.io/', 'bad-name'],
    ['ghcr.io//app', 'bad-name'],
    ['a___b/c', 'bad-name'],
    ['a..b/c/d', 'bad-name'],
    ['-a/b', 'bad-name'],
    ['a-/b', 'bad-name'],
    ['_a/b', 'bad-name'],
    ['reg.io:port/app', 'bad-name'],
    ['reg.io:/app', 'bad-name'],
    ['[::1/app', 'bad-name'],
    ['2001:db8::1/app', 'bad-name'],
    [HEX, 'bad-name'],
    [`ghcr.io/${'a'.repeat(256)}`, 'too-long'],
    ['a'.repeat(250), 'too-long'],
  ])('%s is refused: %s', (text, fault) => {
    expect(nameOf(text)).toBe(`fault: ${fault}`);
  });

  it('says what is wrong in a sentence that names the fault, not the parser', () => {
    const parsed = parseReference('ghcr.io/org/app:');
    expect(parsed.ok ? '' : parsed.fault.sentence).toContain('variable that was not set');
  });

  it('never throws, and what it accepts it accepts again in full', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9.:/@_-]{0,40}$/)), (text) => {
        const parsed = parseReference(text);
        if (parsed.ok) expect(nameOf(fullName(parsed.reference))).toBe(fullName(parsed.reference));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is asked where', () => {
  it('asks for the digest when there is one, at the host that answers', () => {
    const parsed = parseReference(`team/app:v1@${DIGEST}`);
    if (!parsed.ok) throw new Error('must parse');
    expect([
      manifestSelector(parsed.reference),
      repositoryName(parsed.reference),
      apiHost(parsed.reference.registry),
    ]).toEqual([DIGEST, 'docker.io/team/app', 'registry-1.docker.io']);
    expect(apiHost('ghcr.io')).toBe('ghcr.io');
  });
});

describe('an unset or unreplaced variable', () => {
  it.each([
    ['registry.io/app:${TAG}', 'placeholder', '${TAG}'],
    ['registry.io/app:{{ .Values.image.tag }}', 'placeholder', '{{ .Values.image.tag }}'],
    ['registry.io/app:%TAG%', 'placeholder', '%TAG%'],
    ['registry.io/app:$TAG', 'placeholder', '$TAG'],
    ['registry.io/<app>:1', 'placeholder', '<app>'],
    ['registry.io/app:', 'empty-tag', 'variable that was not set'],
    [':1.2', 'bad-name', 'a part of the name is empty'],
    ['registry.io/:1', 'bad-name', 'a part of the name is empty'],
    ['registry.io//app:1', 'bad-name', 'a part of the name is empty'],
    ['registry.io/app@', 'bad-digest', 'the digest after "@" is empty'],
    ['registry.io/app:1@sha256:', 'bad-digest', 'the digest after "@" is empty'],
  ])('is named in %s', (text, fault, words) => {
    const parsed = parseReference(text);
    expect(parsed).toMatchObject({ ok: false, fault: { fault } });
    expect(parsed.ok ? '' : parsed.fault.sentence).toContain(words);
  });
});
