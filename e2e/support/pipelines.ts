/** Pipelines that lose a tag, each in another way; made for these tests after public accounts of such incidents. `image` has no tag. */

export const DEPLOY = '.github/workflows/deploy.yml';
export const IMAGE = '.github/workflows/image.yml';
export const SCRIPT = 'scripts/deploy.sh';
export const ACTION = '.github/actions/rollout/action.yml';

type Files = Readonly<Record<string, string>>;

const STAMP = '$(git rev-parse --short HEAD)-$(date +%F-%H-%M)';

/** `deploy` reads an output of `build`, needs only `push`, gets nothing, and its script makes a new tag of the clock. */
export function unneeded(image: string): Files {
  return {
    [DEPLOY]: `name: deploy
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image-tag: \${{ steps.meta.outputs.tag }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        name: Name the image
        run: echo "tag=${STAMP}" >> "$GITHUB_OUTPUT"
  push:
    needs: build # the registry's login is only here
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ${image}:\${{ needs.build.outputs.image-tag }}
  deploy:
    needs: push
    runs-on: ubuntu-latest
    env:
      IMAGE_TAG: \${{ needs.build.outputs.image-tag }}
    steps:
      - uses: actions/checkout@v4
      - name: Roll out
        run: |
          if [ -z "\${IMAGE_TAG:-}" ]; then
            export IMAGE_TAG=${STAMP}
          fi
          kubectl -n staging set image deployment/app app="${image}:$IMAGE_TAG"
`,
  };
}

/** The whole reference is handed on, and the registry's user in it is a secret: the runner drops the output. */
export function masked(image: string): Files {
  const [host = '', , name = ''] = image.split('/');
  return {
    [DEPLOY]: `name: deploy
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      image: \${{ steps.meta.outputs.image }}
    steps:
      - uses: actions/checkout@v4
      - id: meta
        name: Name the image
        run: echo "image=${host}/\${{ secrets.REGISTRY_USER }}/${name}:${STAMP}" >> "$GITHUB_OUTPUT"
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: \${{ steps.meta.outputs.image }}
  deploy:
    needs: build
    runs-on: ubuntu-latest
    env:
      IMAGE: \${{ needs.build.outputs.image }}
    steps:
      - uses: actions/checkout@v4
      - name: Roll out
        run: |
          IMAGE="\${IMAGE:-${image}:${STAMP}}"
          kubectl -n staging set image deployment/app app="$IMAGE"
`,
  };
}

/** A called workflow promises an output of a job that declares none; a script of the repository makes one up. */
export function reusable(image: string): Files {
  return {
    [DEPLOY]: `name: release
on: { push: { branches: [main] } }
jobs:
  image:
    uses: ./${IMAGE}
    secrets: inherit
  deploy:
    needs: image
    runs-on: ubuntu-latest
    env:
      TAG: \${{ needs.image.outputs.tag }}
    steps:
      - uses: actions/checkout@v4
      - name: Roll out
        run: ./${SCRIPT}
`,
    [IMAGE]: `name: image
on:
  workflow_call:
    outputs:
      tag:
        description: what was pushed
        value: \${{ jobs.docker.outputs.tag }}
jobs:
  docker:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: meta
        name: Name the image
        run: echo "tag=${STAMP}" >> "$GITHUB_OUTPUT"
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ${image}:\${{ steps.meta.outputs.tag }}
`,
    [SCRIPT]: `#!/usr/bin/env bash
set -euo pipefail
# The tag of this deployment.
TAG="\${TAG:-${STAMP}}"
kubectl -n staging set image deployment/app app="${image}:$TAG"
`,
  };
}

/** The image is built by a workflow of another repository; the caller loses what it gives. */
export function foreign(image: string): Files {
  return {
    [DEPLOY]: `name: deploy
on: { push: { branches: [main] } }
jobs:
  image:
    uses: mycompany/pipelines/${IMAGE}@v3
    with:
      name: ${image}
  smoke:
    needs: image
    runs-on: ubuntu-latest
    steps:
      - run: docker run --rm "${image}:\${{ needs.image.outputs.tag }}" --version
  deploy:
    needs: smoke
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Roll out
        env:
          IMAGE_TAG: \${{ needs.image.outputs.tag }}
        run: |
          IMAGE_TAG="\${IMAGE_TAG:-${STAMP}}"
          helm upgrade app ./chart --set image.repository=${image} --set image.tag="$IMAGE_TAG"
`,
  };
}

/** An action takes an empty input, and the Makefile behind it makes `main` of it. */
export function makefile(image: string): Files {
  return {
    [DEPLOY]: `name: build and deploy
on: { push: { branches: [main] } }
jobs:
  build:
    name: Build
    runs-on: ubuntu-latest
    outputs:
      image_tag: \${{ env.IMAGE_TAG }}
    steps:
      - uses: actions/checkout@v4
      - name: Name the image
        run: echo "IMAGE_TAG=\${{ github.sha }}" >> "$GITHUB_ENV"
      - uses: docker/build-push-action@v6
        with:
          push: true
          tags: ${image}:\${{ env.IMAGE_TAG }}
  test:
    name: Test
    needs: build
    runs-on: ubuntu-latest
    steps:
      - run: docker run --rm "${image}:\${{ needs.build.outputs.image_tag }}" rake
  rollout:
    name: Deploy to \${{ matrix.environment }}
    needs: [test]
    runs-on: ubuntu-latest
    strategy:
      matrix: { environment: [staging] }
    steps:
      - uses: actions/checkout@v4
      - uses: ./.github/actions/rollout
        with:
          environment: \${{ matrix.environment }}
          sha: \${{ needs.build.outputs.image_tag }}
`,
    [ACTION]: `name: rollout
description: rolls a commit out
inputs:
  environment: { required: true, description: where to }
  sha: { required: true, description: which commit }
runs:
  using: composite
  steps:
    - name: Apply
      shell: bash
      run: make \${{ inputs.environment }} deploy
      env:
        IMAGE_TAG: \${{ inputs.sha }}
`,
    Makefile: `staging:
	$(eval SPACE=staging)

deploy: init
	kubectl -n $(SPACE) set image deployment/app app=$(IMAGE)

init:
	$(if $(IMAGE_TAG), , $(eval export IMAGE_TAG=main))
	$(eval IMAGE=${image}:$(IMAGE_TAG))
`,
  };
}

/** Sound: the commit is the tag, wherever it is deployed. `deploy` asks nobody whether the build went well. */
export function byCommit(image: string): Files {
  return {
    [DEPLOY]: `name: deploy
on: { push: { branches: [main] } }
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Build and push
        uses: docker/build-push-action@v6
        with:
          push: true
          tags: ${image}:\${{ github.sha }}
  deploy:
    needs: build
    if: always()
    runs-on: ubuntu-latest
    steps:
      - name: Roll out
        run: kubectl -n staging set image deployment/app app="${image}:\${{ github.sha }}"
`,
  };
}
