/** Where manifests write an image down, and the edit of its tag that touches nothing else. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { findImagePlaces, retag } from '../../src/image/manifest-image.ts';
import { type ImageReference, parseReference } from '../../src/image/reference.ts';

function ref(image: string): ImageReference {
  const parsed = parseReference(image);
  if (!parsed.ok) throw new Error(image);
  return parsed.reference;
}
const OLD = ref('ghcr.io/acme/api:a1b2c3d-17-54');
const NEW = ref('ghcr.io/acme/api:a1b2c3d-17-52');

function edited(text: string, old = OLD, next = NEW): string | undefined {
  const [place] = findImagePlaces(text, old);
  return place && retag(text, place, next);
}

const DEPLOYMENT = `# the shop's api
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api # as everywhere
spec:
  template:
    spec:
      containers:
        - name: proxy
          image: ghcr.io/acme/proxy:a1b2c3d-17-54
        - name: api
          image: "ghcr.io/acme/api:a1b2c3d-17-54" # bumped by CI
          imagePullPolicy: Always
`;

describe('where an image is written down', () => {
  it('in a workload: the very image, by line, with the object that it belongs to', () => {
    expect(findImagePlaces(DEPLOYMENT, OLD)).toMatchObject([
      { line: 13, form: 'image', object: 'Deployment/api', isWeak: false },
    ]);
    expect(edited(DEPLOYMENT)).toBe(DEPLOYMENT.replace('api:a1b2c3d-17-54', 'api:a1b2c3d-17-52'));
  });

  it('in a kustomization, by the name that the image ends up with', () => {
    const text = (newName: string) => `images:\n  - name: api\n    newName: ${newName}\n    newTag: a1b2c3d-17-54\n`;
    expect(findImagePlaces(text('ghcr.io/acme/api'), OLD)).toMatchObject([{ line: 4, form: 'tag', isWeak: false }]);
    expect(findImagePlaces(text('ghcr.io/acme/other'), OLD)).toEqual([]);
    expect(edited(text('ghcr.io/acme/api'))).toContain('newTag: a1b2c3d-17-52\n');
  });

  it('in Helm values: with its name beside it surely, without one only perhaps', () => {
    const values = 'image:\n  registry: ghcr.io\n  repository: acme/api\n  tag: a1b2c3d-17-54\n';
    expect(findImagePlaces(values, OLD)).toMatchObject([{ line: 4, isWeak: false }]);
    expect(findImagePlaces('api:\n  image:\n    tag: a1b2c3d-17-54\n', OLD)).toMatchObject([{ line: 3, isWeak: true }]);
    expect(findImagePlaces('image:\n  repository: acme/worker\n  tag: a1b2c3d-17-54\n', OLD)).toEqual([]);
    expect(findImagePlaces('imageTag: a1b2c3d-17-54\n', OLD)).toMatchObject([{ isWeak: true }]);
  });

  it('in parameters and image lists of Argo CD', () => {
    const parameters = 'helm:\n  parameters:\n    - name: image.tag\n      value: a1b2c3d-17-54\n';
    expect(findImagePlaces(parameters, OLD)).toMatchObject([{ line: 4, isWeak: true }]);
    const list = 'kustomize:\n  images:\n    - api=ghcr.io/acme/api:a1b2c3d-17-54\n';
    expect(findImagePlaces(list, OLD)).toMatchObject([{ line: 3, form: 'image' }]);
    expect(edited(list)).toContain('- api=ghcr.io/acme/api:a1b2c3d-17-52\n');
  });

  it('under an anchor, once, however often it is used', () => {
    const text = 'base:\n  image: &img ghcr.io/acme/api:a1b2c3d-17-54\nother:\n  image: *img\n';
    expect(findImagePlaces(text, OLD)).toMatchObject([{ line: 2 }]);
  });

  it('in every document of a file, a broken one and a template left out', () => {
    const text = `a: {{ .Values.x }}\n---\n${DEPLOYMENT}---\nimage: "unfinished\n`;
    expect(findImagePlaces(text, OLD).map(({ line }) => line)).toEqual([15]);
  });

  it('without a tag, and with a digest beside it', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(findImagePlaces('image: ghcr.io/acme/api\n', ref('ghcr.io/acme/api:latest'))).toEqual([
      { line: 1, form: 'image', isWeak: false },
    ]);
    const pinned = `image: ghcr.io/acme/api:1.4@${digest}\n`;
    const [place] = findImagePlaces(pinned, ref(`ghcr.io/acme/api@${digest}`));
    expect(pinned.slice(...(place?.range ?? [0, 0]))).toBe(digest);
  });

  it('keeps a tag a text that would read as a number, and line ends as they are', () => {
    const text = 'images:\r\n- name: ghcr.io/acme/api\r\n  newTag: v1.10 # now\r\n';
    expect(edited(text, ref('ghcr.io/acme/api:v1.10'), ref('ghcr.io/acme/api:1.10'))).toBe(
      text.replace('v1.10', '"1.10"'),
    );
  });

  it('survives any text, and an edit never changes more than the tag', () => {
    const word = fc.constantFrom(
      'image: ',
      'ghcr.io/acme/api:a1b2c3d-17-54',
      'newTag: ',
      'a1b2c3d-17-54',
      'tag: ',
      'name: ',
      '\n',
      '  ',
      '- ',
      '&a ',
      '*a',
      '"',
      '{',
      '}',
      '---\n',
      '#',
      'images:',
      '|',
    );
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 20 }).map((words) => words.join('')),
        (text) => {
          for (const place of findImagePlaces(text, OLD)) {
            const after = retag(text, place, NEW);
            if (after === undefined || place.range === undefined) continue;
            const [start, end] = place.range;
            expect(text.slice(start, end)).toBe('a1b2c3d-17-54');
            expect(after.startsWith(text.slice(0, start)) && after.endsWith(text.slice(end))).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
