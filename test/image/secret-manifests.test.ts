import { describe, expect, it } from '@jest/globals';
import { lookupCredentials } from '../../src/image/keyring.ts';
import { readSecretManifests } from '../../src/image/secret-manifests.ts';

const CONFIG = '{"auths":{"ghcr.io":{"username":"bot","password":"hunter2"}}}';
const ENCODED = Buffer.from(CONFIG).toString('base64');

function triedFrom(text: string): string[] {
  return lookupCredentials('ghcr.io/org/app', readSecretManifests(text, 'pull.yaml')).tried.map(
    ({ secret, password }) => `${secret} ${password.reveal()}`,
  );
}

function errorOf(text: string): string {
  try {
    readSecretManifests(text, 'pull.yaml');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('Secrets that are not applied yet', () => {
  it('come from several YAML documents, in file order, other kinds passed over', () => {
    const text = `
apiVersion: v1
kind: Secret
metadata: { name: encoded }
type: kubernetes.io/dockerconfigjson
data:
  .dockerconfigjson: ${ENCODED}
---
kind: ConfigMap
metadata: { name: settings }
data: { a: b }
---
---
kind: Secret
metadata: { name: plain }
type: kubernetes.io/dockerconfigjson
stringData:
  .dockerconfigjson: '${CONFIG}'
`;
    expect(triedFrom(text)).toEqual(['encoded hunter2', 'plain hunter2']);
  });

  it('come from JSON, from a List and from a SecretList whose items have no kind', () => {
    const secret = {
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': ENCODED },
    };
    const { kind: _, ...bare } = secret;
    expect(triedFrom(JSON.stringify(secret))).toEqual(['a hunter2']);
    expect(
      triedFrom(JSON.stringify({ kind: 'List', items: [secret, { kind: 'Service', metadata: { name: 'x' } }] })),
    ).toEqual(['a hunter2']);
    expect(triedFrom(JSON.stringify({ kind: 'SecretList', items: [bare] }))).toEqual(['a hunter2']);
  });

  it('stringData wins over data, as on the API server', () => {
    const text = JSON.stringify({
      kind: 'Secret',
      metadata: { name: 'a' },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': 'e30=' },
      stringData: { '.dockerconfigjson': CONFIG },
    });
    expect(triedFrom(text)).toEqual(['a hunter2']);
  });

  it('without a type are Opaque, which the kubelet does not read', () => {
    const lookup = lookupCredentials(
      'ghcr.io/org/app',
      readSecretManifests(`kind: Secret\nmetadata: {name: a}\nstringData: {".dockerconfigjson": '${CONFIG}'}`, 'f'),
    );
    expect(lookup.ignored[0]?.reason).toContain('type is "Opaque"');
  });

  it('an empty file holds none', () => {
    expect(readSecretManifests('', 'empty.yaml')).toEqual([]);
    expect(readSecretManifests('---\n# nothing\n', 'empty.yaml')).toEqual([]);
  });

  it.each([
    ['a: [', 'pull.yaml: line 1 is not valid YAML'],
    ['just text', '"kind" is missing'],
    [
      'kind: Secret\nmetadata: {name: a}\ndata: {".dockerconfigjson": "hunter2!"}',
      'data.".dockerconfigjson" is not base64',
    ],
    ['kind: Secret\nmetadata: {name: a}\nstringData: {a: 5}', '"stringData.a" has the wrong type'],
    ['kind: List\nitems: 5', 'no readable "items"'],
  ])('%j is refused with a sentence that holds no value', (text, sentence) => {
    expect(errorOf(text)).toContain(sentence);
    expect(errorOf(text)).not.toContain('hunter2');
  });

  it('an alias bomb is refused, not expanded', () => {
    const rows = Array.from(
      { length: 12 },
      (_, index) => `a${index + 1}: &a${index + 1} [${Array.from({ length: 9 }, () => `*a${index}`).join(',')}]`,
    );
    expect(errorOf(['kind: Secret', 'metadata: {name: a}', 'a0: &a0 [x]', ...rows].join('\n'))).toContain(
      'an alias of the YAML',
    );
  });
});
