/** One job builds the image and writes its tag into the manifest, in another length. */
import { expect, it } from '@jest/globals';
import { codeHost, DIGEST, FILE, job, log, NAME, registry, SHA } from '../support/lost-tag-story.ts';
import { causes, chainOf, look } from '../support/lost-tag-world.ts';

const WORKFLOW = `name: build
on: { push: { branches: [main] } }
jobs:
  build-and-deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: meta
        uses: docker/metadata-action@v5
        with:
          images: mycompany/api-service
          tags: type=sha,format=long
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: \${{ steps.meta.outputs.tags }}
        env:
          BUILT: \${{ steps.meta.outputs.version }}
      - run: |
          yq -i ".image.tag = \\"sha-\${GITHUB_SHA::7}\\"" apps/api/values.yaml
          git commit -am api && git push
`;
const LOG = log(
  '17:52:20',
  '##[group]Run docker/build-push-action@v6',
  'env:',
  `  BUILT: sha-${SHA}`,
  '##[endgroup]',
  `#12 pushing manifest for docker.io/mycompany/api-service:sha-${SHA}@${DIGEST} 0.5s done`,
);

it('is told with the line that writes it and the tag that was pushed', async () => {
  const asked = `sha-${SHA.slice(0, 7)}`;
  const host = codeHost({
    files: { [SHA]: { [FILE]: WORKFLOW } },
    jobs: { 17: [job(1, 'build-and-deploy', ['17:51:50', '17:52:40'])] },
    logs: { 1: LOG },
  });
  const diagnosis = await look({ host, images: registry([`sha-${SHA}`]), image: `${NAME}:${asked}` });
  expect(causes(diagnosis)).toEqual(['tag-not-found certain']);
  expect(diagnosis.verdict.summary).toContain(`the image exists under sha-${SHA}`);
  expect(diagnosis.findings[0]?.detail).toMatchObject({ rule: 'sha-format-divergence', file: FILE, line: 20 });
  expect(chainOf(diagnosis).join('\n')).toContain('that tag is never pushed');
});
