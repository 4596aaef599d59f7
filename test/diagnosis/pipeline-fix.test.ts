/** The edit that a pull request proposes: all of the pipeline that lost the tag, in whichever file. */
import { describe, expect, it } from '@jest/globals';
import { pipelineFix } from '../../src/diagnosis/pipeline-fix.ts';
import { checkFile } from '../../src/workflow/check.ts';

const DEPLOY = '.github/workflows/release.yml';
const IMAGE = '.github/workflows/image.yml';
const SCRIPT = 'scripts/deploy.sh';
const STAMP = '$(git rev-parse --short HEAD)-$(date +%F-%H-%M)';

/** A called workflow declares an output that its job does not have; the caller's script makes up for it. */
const CALLED: ReadonlyMap<string, string> = new Map([
  [
    DEPLOY,
    `name: release
on: { push: { branches: [main] } }
jobs:
  image:
    uses: ./${IMAGE}
  deploy:
    needs: image
    runs-on: ubuntu-latest
    env:
      TAG: \${{ needs.image.outputs.tag }}
    steps:
      - uses: actions/checkout@v4
      - run: ./${SCRIPT}
`,
  ],
  [
    IMAGE,
    `name: image
on:
  workflow_call:
    outputs:
      tag:
        value: \${{ jobs.docker.outputs.tag }}
jobs:
  docker:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: meta
        run: echo "tag=${STAMP}" >> "$GITHUB_OUTPUT"
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: shop/app:\${{ steps.meta.outputs.tag }}
`,
  ],
  [
    SCRIPT,
    `#!/usr/bin/env bash
set -euo pipefail
TAG="\${TAG:-${STAMP}}"
kubectl -n staging set image deployment/app app="shop/app:$TAG"
`,
  ],
]);

/** The whole reference is an output, and the registry's user in it is secret. */
const MASKED: ReadonlyMap<string, string> = new Map([
  [
    DEPLOY,
    `name: release
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image: \${{ steps.meta.outputs.image }}
    steps:
      - id: meta
        run: echo "image=registry.test/\${{ secrets.REGISTRY_USER }}/shop:${STAMP}" >> "$GITHUB_OUTPUT"
      - uses: docker/build-push-action@v6
        with: { push: true, tags: '\${{ steps.meta.outputs.image }}' }
  deploy:
    needs: build
    runs-on: ubuntu-latest
    env:
      IMAGE: \${{ needs.build.outputs.image }}
    steps:
      - run: |
          IMAGE="\${IMAGE:-registry.test/shop:${STAMP}}"
          kubectl -n staging set image deployment/app app="$IMAGE"
`,
  ],
]);

function fix(rule: string, ref: string, files = CALLED) {
  const [main, ...rest] = [...files].map(([path, text]) => ({ path, text }));
  return main && pipelineFix({ workflow: main, files: rest }, { rule, ref });
}

describe('the fix of a pipeline', () => {
  it.each([
    ['reusable-output-not-declared', 'jobs.docker.outputs.tag'],
    ['silent-fallback', 'TAG'],
  ])('mends the called workflow and the script together, from whichever end it was found: %s', (rule, ref) => {
    const found = fix(rule, ref);
    expect(found?.files.map(({ path }) => path).toSorted()).toEqual([IMAGE, SCRIPT].toSorted());
    const after = new Map([...CALLED, ...(found?.files ?? []).map((one) => [one.path, one.after] as const)]);
    const left = [DEPLOY, IMAGE].flatMap((path) => checkFile(path, after.get(path) ?? '', (other) => after.get(other)));
    expect(left.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(found?.diff).toContain(`+++ b/${IMAGE}`);
    expect(found?.diff).toContain(`+++ b/${SCRIPT}`);
    expect(new Set(found?.findings.map((one) => one.rule))).toEqual(
      new Set(['reusable-output-not-declared', 'silent-fallback']),
    );
  });

  it.each([
    ['output-may-be-masked', 'outputs.image'],
    ['silent-fallback', 'IMAGE'],
  ])('passes on what is not secret and stops the fallback, from whichever end it was found: %s', (rule, ref) => {
    const found = fix(rule, ref, MASKED);
    expect(checkFile(DEPLOY, found?.files[0]?.after ?? '', () => undefined)).toEqual([]);
    expect(found?.diff).toContain('IMAGE: registry.test/${{ secrets.REGISTRY_USER }}/shop:${{ needs.build.outputs');
  });

  it('is none for a finding that is not there', () => {
    expect(fix('needs-not-declared', 'needs.other.outputs.tag')).toBeUndefined();
  });
});
