import { describe, expect, it } from '@jest/globals';
import { builderOf, destinationsFor, type JobContainer } from '../../src/build/build-job.ts';
import { parseReference } from '../../src/image/reference.ts';

function image(text: string) {
  const parsed = parseReference(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.reference;
}
const WANTED = image('10.43.170.72:5000/cortex-api:1.4.2');

describe('what a Job pushes', () => {
  it.each<[string, JobContainer, string[]]>([
    [
      'kaniko, one word',
      {
        image: 'gcr.io/kaniko-project/executor:v1',
        words: ['--dockerfile=Dockerfile', '--destination=10.43.170.72:5000/cortex-api:1.4.2'],
      },
      ['1.4.2 same'],
    ],
    [
      'kaniko, two words',
      { image: 'gcr.io/kaniko-project/executor', words: ['--destination', '10.43.170.72:5000/cortex-api:1.4.1'] },
      ['1.4.1 same'],
    ],
    [
      'buildctl',
      {
        image: 'moby/buildkit:rootless',
        words: [
          'buildctl-daemonless.sh',
          'build',
          '--output',
          'type=image,name=docker-registry.cortex-chat.svc:5000/cortex-api:1.4.2,push=true',
        ],
      },
      ['1.4.2 other'],
    ],
    [
      'buildctl with caches in the same repository, which are no destinations',
      {
        image: 'moby/buildkit:rootless',
        words: [
          'buildctl-daemonless.sh',
          'build',
          '--import-cache',
          'type=registry,ref=10.43.170.72:5000/cortex-api:1.4.2',
          '--export-cache=type=registry,ref=10.43.170.72:5000/cortex-api:buildcache',
          '--output=type=image,"name=10.43.170.72:5000/cortex-api:1.4.3,10.43.170.72:5000/cortex-api:latest",push=true',
        ],
      },
      ['1.4.3 same', 'latest same'],
    ],
    [
      'what a script pulls, and the source of a copy',
      {
        image: 'docker:27',
        words: [
          'sh',
          '-c',
          'docker pull 10.43.170.72:5000/cortex-api:1.4.2\nskopeo copy docker://10.43.170.72:5000/cortex-api:1.4.2 docker://10.43.170.72:5000/cortex-api:1.5.0',
        ],
      },
      ['1.5.0 same'],
    ],
    [
      'a script that ends in a push',
      {
        image: 'quay.io/buildah/stable',
        words: ['sh', '-c', 'buildah bud -t app . && buildah push app docker://10.43.170.72:5000/cortex-api:1.4.2'],
      },
      ['1.4.2 same'],
    ],
    [
      'another repository',
      {
        image: 'gcr.io/kaniko-project/executor',
        words: ['--destination=10.43.170.72:5000/cortex-web:1.4.2', '--cache-repo=10.43.170.72:5000/cortex-api/cache'],
      },
      [],
    ],
    [
      'a Job that only names the image, and builds nothing',
      { image: 'busybox', words: ['check', '10.43.170.72:5000/cortex-api:1.4.2'] },
      [],
    ],
    [
      'the source, which is no image',
      { image: 'gcr.io/kaniko-project/executor', words: ['--context=git://10.43.170.72:5000/cortex-api'] },
      [],
    ],
    [
      'a tag that is still a variable',
      { image: 'gcr.io/kaniko-project/executor', words: ['--destination=10.43.170.72:5000/cortex-api:$(TAG)'] },
      [],
    ],
  ])('%s', (_what, container, expected) => {
    const found = destinationsFor(WANTED, [container]).map(
      ({ reference, sameRegistry }) => `${reference.tag ?? ''} ${sameRegistry ? 'same' : 'other'}`,
    );
    expect(found).toEqual(expected);
  });

  it.each([
    ['gcr.io/kaniko-project/executor', 'kaniko'],
    ['moby/buildkit', 'buildkit'],
    ['quay.io/buildah/stable', 'buildah'],
    ['docker:27-dind', 'docker'],
    ['postgres:16', undefined],
  ])('%s builds with %s', (name, builder) => {
    expect(builderOf({ image: name, words: [] })).toBe(builder);
  });
});
