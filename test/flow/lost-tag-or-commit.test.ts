/** A version that got lost on its way to the deployment, and the commit that an expression puts in its place. */
import { describe, expect, it } from '@jest/globals';
import { BUILD_LOG, codeHost, FILE, job, log, NAME, registry, SHA } from '../support/lost-tag-story.ts';
import { causes, chainOf, look } from '../support/lost-tag-world.ts';

const VERSIONED = `name: deploy
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      version: \${{ steps.meta.outputs.version }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        run: echo "version=$(cat VERSION)" >> "$GITHUB_OUTPUT"
      - run: |
          docker build -t mycompany/api-service:$(cat VERSION) .
          docker push mycompany/api-service:$(cat VERSION)
  deploy:
    runs-on: ubuntu-latest
    needs: build
    env:
      IMAGE_TAG: \${{ needs.build.outputs.version || github.sha }}
    steps:
      - run: kubectl -n staging set image deployment/api api=mycompany/api-service:$IMAGE_TAG
`;
const JOBS = [job(1, 'build', ['17:51:50', '17:52:40']), job(3, 'deploy', ['17:53:50', '17:54:40'])];
const BUILD = BUILD_LOG.replace(/a1b2c3d-2026-05-24-17-52/g, '1.4.0').replace("Set output 'image-tag'\n", '');
const DEPLOY = log(
  '17:54:05',
  '##[group]Run kubectl -n staging set image deployment/api api=mycompany/api-service:$IMAGE_TAG',
  'kubectl -n staging set image deployment/api api=mycompany/api-service:$IMAGE_TAG',
  'env:',
  `  IMAGE_TAG: ${SHA}`,
  '##[endgroup]',
);
const image = `${NAME}:${SHA}`;
const images = registry(['1.4.0', '1.3.9']);

function host(workflow: string, trouble?: 'logs-gone') {
  const files = { [SHA]: { [FILE]: workflow } };
  return codeHost({ files, jobs: { 17: JOBS }, logs: { 1: BUILD, 3: DEPLOY } }, trouble);
}

describe('`needs.build.outputs.version || github.sha`, where the build pushes versions', () => {
  it('is proven by the logs: the output was not set, and the commit is what the deployment was given', async () => {
    const diagnosis = await look({ host: host(VERSIONED), images, image });
    expect(causes(diagnosis)).toEqual(['ci-output-lost certain', 'ci-silent-fallback certain']);
    expect(diagnosis.verdict.summary).toContain('The image exists under 1.4.0');
    expect(chainOf(diagnosis).join('\n')).toContain('makes ${{ github.sha }} of an empty needs.build.outputs.version');
  });

  it('is likely by the files alone: no build makes a tag of the commit, and nothing looks like the missing one', async () => {
    const diagnosis = await look({ host: host(VERSIONED, 'logs-gone'), images, image });
    expect(causes(diagnosis)).toEqual(['tag-not-found certain', 'ci-silent-fallback likely']);
  });

  it('is not blamed where the build pushes the commit as well, nor where its tags cannot be read', async () => {
    for (const tag of ['${{ github.sha }}', '${{ inputs.tag }}']) {
      const workflow = VERSIONED.replaceAll('service:$(cat VERSION)', `service:${tag}`);
      const diagnosis = await look({ host: host(workflow, 'logs-gone'), images, image });
      expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
    }
  });
});
