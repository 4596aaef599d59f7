/** An output that holds a secret: only what is not secret goes through it, where that is certain to mean the same. */
import { describe, expect, it } from '@jest/globals';
import { checkFile } from '../../src/workflow/check.ts';
import { proposeFixes } from '../../src/workflow/propose.ts';

const file = '.github/workflows/ci.yml';
const nothing = () => undefined;
const WRITTEN = '>> "$GITHUB_OUTPUT"';

interface Shape {
  /** The lines of the step that names the image, from `run` or `env` on. */
  readonly step: readonly string[];
  readonly outputs?: readonly string[];
  readonly build?: readonly string[];
  readonly deploy?: readonly string[];
  readonly on?: string;
}

const SCRIPT = [
  'env:',
  '  ACCOUNT: ${{ secrets.AWS_ACCOUNT_ID }}',
  'run: |',
  '  TAG=$(git rev-parse --short HEAD)-$(date +%s)',
  `  echo "image=$ACCOUNT.dkr.ecr.eu-west-1.amazonaws.com/shop:$TAG" ${WRITTEN}`,
];
const READER = ['env:', '  IMAGE: ${{ needs.build.outputs.image }}'];

function workflow({ step, outputs, build = [], deploy = READER, on = 'on: push' }: Shape): string {
  return [
    on,
    'jobs:',
    '  build:',
    ...build.map((line) => `    ${line}`),
    ...(outputs ?? ['outputs:', '  image: ${{ steps.meta.outputs.image }}']).map((line) => `    ${line}`),
    '    steps:',
    '      - id: meta',
    ...step.map((line) => `        ${line}`),
    '  deploy:',
    '    needs: build',
    ...deploy.map((line) => `    ${line}`),
    '    steps:',
    '      - run: kubectl set image deployment/shop shop="$IMAGE"',
    '',
  ].join('\n');
}

function masked(text: string): string[] {
  return checkFile(file, text, nothing)
    .filter(({ rule }) => rule === 'output-may-be-masked')
    .map(({ ref }) => ref ?? '');
}

/** The text after the fix of the masked output; undefined where none is offered. */
function mended(text: string): string | undefined {
  const fix = proposeFixes(file, text, nothing).find(({ rule }) => rule === 'output-may-be-masked');
  return fix?.files[0]?.after;
}

describe('an output with a secret in front', () => {
  it.each<[string, Shape, readonly string[]]>([
    [
      'a variable of the step, and a tag that the script has made',
      { step: SCRIPT },
      [
        `echo "image-tag=$TAG" ${WRITTEN}`,
        'IMAGE: ${{ secrets.AWS_ACCOUNT_ID }}.dkr.ecr.eu-west-1.amazonaws.com/shop:${{ needs.build.outputs.image-tag }}',
        'image-tag: ${{ steps.meta.outputs.image-tag }}',
      ],
    ],
    [
      'a command in the value, which runs once',
      { step: ['run: |', `  echo "image=\${{ secrets.HOST }}/shop:$(date +%s)" ${WRITTEN}`] },
      [
        'image_tag=$(date +%s)\n',
        'echo "image=${{ secrets.HOST }}/shop:$image_tag"',
        `echo "image-tag=$image_tag" ${WRITTEN}`,
      ],
    ],
    [
      'a command in the variable that holds the whole',
      {
        step: [
          'run: |',
          '  IMAGE="${{ secrets.HOST }}/shop:$(git rev-parse --short HEAD)"',
          '  docker build -t "$IMAGE" .',
          `  echo "image=$IMAGE" ${WRITTEN}`,
        ],
      },
      [
        'image_tag=$(git rev-parse --short HEAD)\n          IMAGE="${{ secrets.HOST }}/shop:$image_tag"',
        `echo "image=$IMAGE" ${WRITTEN}\n          echo "image-tag=$image_tag"`,
      ],
    ],
    [
      'a script of one line, which becomes several',
      { step: [`run: echo "image=\${{ secrets.HOST }}/shop:$BUILT" ${WRITTEN}`] },
      ['run: |\n          echo "image=', `echo "image-tag=$BUILT" ${WRITTEN}\n`],
    ],
    [
      'an output that is put together without a script',
      {
        step: [`run: echo "tag=$(date +%s)" ${WRITTEN}`],
        outputs: ['outputs: { image: "${{ secrets.HOST }}/shop:${{ steps.meta.outputs.tag }}" }'],
      },
      [
        'outputs: { image-tag: "${{ steps.meta.outputs.tag }}" }',
        'IMAGE: ${{ secrets.HOST }}/shop:${{ needs.build.outputs.image-tag }}',
      ],
    ],
    [
      'readers of every kind',
      {
        step: SCRIPT,
        deploy: ["if: needs.build.outputs.image != ''", 'name: to ${{ needs.build.outputs.image }}', ...READER],
      },
      ["if: needs.build.outputs.image-tag != ''", 'name: to ${{ needs.build.outputs.image-tag }}'],
    ],
    [
      'the same environment on both sides',
      { step: SCRIPT, build: ['environment: live'], deploy: ['environment: live', ...READER] },
      ['IMAGE: ${{ secrets.AWS_ACCOUNT_ID }}'],
    ],
  ])('%s: the rest goes through, and the secret is put back by its reader', (_name, shape, wanted) => {
    const text = workflow(shape);
    expect(masked(text)).toEqual(['outputs.image']);
    const after = mended(text) ?? '';
    for (const part of wanted) expect(after).toContain(part);
    expect(checkFile(file, after, nothing)).toEqual([]);
    expect(mended(text.replaceAll('\n', '\r\n'))).toBe(after.replaceAll('\n', '\r\n'));
  });

  it('is mended together with the fallback that hides its loss', () => {
    const text = workflow({ step: SCRIPT }).replace('"$IMAGE"', '"${IMAGE:-shop:$(date +%s)}"');
    expect(mended(text)).toContain('"${IMAGE:?IMAGE is empty}"');
  });
});

describe('no edit is offered, because it may not mean the same:', () => {
  it.each<[string, Shape]>([
    [
      'nothing of the value is free of secrets',
      { step: ['run: |', `  echo "image=\${{ secrets.IMAGE }}" ${WRITTEN}`] },
    ],
    [
      'the tag itself is secret',
      { step: ['run: |', `  echo "image=shop:$(date +%s)-\${{ secrets.SUFFIX }}" ${WRITTEN}`] },
    ],
    [
      'only the script knows what stands before it',
      { step: ['run: |', `  echo "image=$(hostname)/\${{ secrets.USER }}/shop:$TAG" ${WRITTEN}`] },
    ],
    [
      'a command is given the secret',
      { step: ['run: |', `  echo "image=\${{ secrets.HOST }}/$(echo \${{ secrets.USER }})/shop:$TAG" ${WRITTEN}`] },
    ],
    [
      'it is set twice before',
      {
        step: [
          'run: |',
          '  I=${{ secrets.HOST }}/shop:1',
          '  I=${{ secrets.HOST }}/shop:2',
          `  echo "image=$I" ${WRITTEN}`,
        ],
      },
    ],
    [
      'it is written twice',
      {
        step: [
          'run: |',
          `  echo "image=\${{ secrets.HOST }}/shop:$A" ${WRITTEN}`,
          `  echo "image=\${{ secrets.HOST }}/shop:$B" ${WRITTEN}`,
        ],
      },
    ],
    [
      'it is written by another command',
      { step: ['run: |', `  printf 'image=%s' "\${{ secrets.HOST }}/shop:$TAG" ${WRITTEN}`] },
    ],
    ['the script is folded', { step: ['run: >', `  echo "image=\${{ secrets.HOST }}/shop:$(date +%s)" ${WRITTEN}`] }],
    ['the shell is another one', { step: [...SCRIPT, 'shell: pwsh'] }],
    ['the name is taken', { step: [...SCRIPT, `  echo "image-tag=old" ${WRITTEN}`] }],
    [
      'the reader has an environment with secrets of its own',
      { step: SCRIPT, deploy: ['environment: live', ...READER] },
    ],
    [
      'the reader says what to take instead',
      { step: SCRIPT, deploy: ['env:', "  IMAGE: ${{ needs.build.outputs.image || 'x' }}"] },
    ],
    [
      'a container is named before secrets are known',
      { step: SCRIPT, deploy: ['container: ${{ needs.build.outputs.image }}', ...READER] },
    ],
    [
      'a called workflow gets it, whose inputs see no secrets',
      {
        step: SCRIPT,
        deploy: ['uses: ./.github/workflows/x.yml', 'with:', '  image: ${{ needs.build.outputs.image }}'],
      },
    ],
    [
      'whoever calls this workflow reads it, too',
      {
        step: SCRIPT,
        on: 'on: { workflow_call: { outputs: { image: { value: "${{ jobs.build.outputs.image }}" } } } }',
      },
    ],
    ['nobody reads it', { step: SCRIPT, deploy: [] }],
  ])('%s', (_name, shape) => {
    const text = workflow(shape);
    expect(masked(text)).toEqual(['outputs.image']);
    expect(mended(text)).toBeUndefined();
  });
});
