import { describe, expect, it } from '@jest/globals';
import { openJobLog, readJobLog } from '../../src/build/job-log.ts';
import { ownMs } from '../support/own-time.ts';

const ESC = String.fromCodePoint(27);
const SHA = `sha256:${'a0d23c64'.repeat(8)}`;

/** Lines of one job, a second apart; a line that begins with `|` has no time stamp, as the runner continues a value. */
function log(...lines: readonly string[]): string {
  return lines
    .map((line, index) =>
      line.startsWith('|') ? line.slice(1) : `2026-05-24T17:52:${String(index).padStart(2, '0')}.1234567Z ${line}`,
    )
    .join('\n');
}

const deployStep = log(
  '##[group]Run if [ -z "${IMAGE_TAG:-}" ]; then',
  `${ESC}[36;1mif [ -z "\${IMAGE_TAG:-}" ]; then${ESC}[0m`,
  `${ESC}[36;1menv:${ESC}[0m`,
  `${ESC}[36;1m  IMAGE_TAG: from-a-here-document${ESC}[0m`,
  'shell: /usr/bin/bash -e {0}',
  'env:',
  '  IMAGE_TAG: ',
  '  CLUSTER: staging',
  '##[endgroup]',
  'Deploying image: a1b2c3d-2026-05-24-17-54',
);

describe('a step', () => {
  it('shows the resolved value of its variables, an empty one as empty', () => {
    const [step] = readJobLog(deployStep).steps;
    expect(step).toMatchObject({
      title: 'if [ -z "${IMAGE_TAG:-}" ]; then',
      env: { IMAGE_TAG: '', CLUSTER: 'staging' },
    });
  });

  it('does not take a list inside of the script for its variables, in colour or without', () => {
    const plain = deployStep.replaceAll(ESC, '').replaceAll(/\[(?:36;1|0)m/g, '');
    expect(readJobLog(plain).steps[0]?.env).toEqual({ IMAGE_TAG: '', CLUSTER: 'staging' });
  });

  it('keeps inputs of several lines together, although their later lines have no time stamp', () => {
    const text = log(
      '##[group]Run docker/build-push-action@v3',
      'with:',
      '  push: true',
      '  tags: ghcr.io/weaveworks/wego-app:0.29.0',
      '|ghcr.io/weaveworks/wego-app:v0.29.0',
      '|',
      '  github-token: ***',
      'env:',
      '  REPO: x',
      '##[endgroup]',
    );
    expect(readJobLog(text).steps[0]).toMatchObject({
      inputs: {
        push: 'true',
        tags: 'ghcr.io/weaveworks/wego-app:0.29.0\nghcr.io/weaveworks/wego-app:v0.29.0',
        'github-token': '***',
      },
      env: { REPO: 'x' },
    });
  });

  it('is read behind a byte order mark, carriage returns, and the names that gh prints', () => {
    const gh = deployStep
      .split('\n')
      .map((line) => `deploy\tUNKNOWN STEP\t${line}\r`)
      .join('\n');
    expect(readJobLog(`\uFEFF${gh}`).steps[0]?.env).toEqual({ IMAGE_TAG: '', CLUSTER: 'staging' });
  });

  it('is read where no line has a time stamp', () => {
    const bare = deployStep.replaceAll(/^\S+Z /gm, '');
    expect(readJobLog(bare).steps[0]?.env).toEqual({ IMAGE_TAG: '', CLUSTER: 'staging' });
  });

  it('never shows what is called like a secret, nor a key that slipped through', () => {
    const text = log(
      '##[group]Run ./deploy.sh',
      'shell: /usr/bin/bash -e {0}',
      'env:',
      '  REGISTRY_PASSWORD: hunter2hunter2',
      '  URL: https://bot:hunter2hunter2@example.com/x?sig=hunter2hunter2',
      '  EMPTY_TOKEN: ',
      '##[endgroup]',
      '##[error]login with ghp_hunter2hunter2hunter2 failed: Authorization: Bearer hunter2hunter2',
    );
    const read = readJobLog(text);
    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(read.steps[0]?.env).toMatchObject({ REGISTRY_PASSWORD: '***', EMPTY_TOKEN: '' });
  });
});

it('reads a push behind a group whose end somebody has cut out', () => {
  const text = log(
    '##[group]Run docker/build-push-action@v3',
    'with:',
    '  push: true',
    '|',
    `#70 pushing manifest for ghcr.io/acme/api:1.2@${SHA}`,
  );
  expect(readJobLog(text).pushed.map(({ tag }) => tag)).toEqual(['1.2']);
});

// The lines of actions/runner, as in its JobExtension.cs.
describe('the outputs of a job', () => {
  it('are those that it names', () => {
    const text = log(
      'Evaluate and set job outputs',
      "Set output 'version'",
      "Set output 'tag'",
      'Cleaning up orphan processes',
    );
    expect(readJobLog(text)).toMatchObject({ outputsSet: ['version', 'tag'], outputsMasked: [] });
  });

  it('are none where every value was empty', () => {
    expect(readJobLog(log('Evaluate and set job outputs', 'Cleaning up orphan processes')).outputsSet).toEqual([]);
  });

  it('are not known where the end of the job was not seen', () => {
    expect(readJobLog(log("Set output 'tag'"))).not.toHaveProperty('outputsSet');
  });

  it('are dropped where they hold a secret', () => {
    const text = log(
      'Evaluate and set job outputs',
      "##[warning]Skip output 'image' since it may contain secret.",
      "Set output 'sha'",
    );
    expect(readJobLog(text)).toMatchObject({ outputsSet: ['sha'], outputsMasked: ['image'] });
  });

  it('are the runner’s own words, which stand last, and not a script’s', () => {
    const text = log('Evaluate and set job outputs', "Set output 'tag'", 'Evaluate and set job outputs', 'Cleaning up');
    expect(readJobLog(text).outputsSet).toEqual([]);
  });
});

describe('pushed images', () => {
  const app = { repository: 'ghcr.io/acme/api', tag: '1.2' };
  it.each<[string, readonly string[], object | undefined]>([
    ['BuildKit', [`#70 pushing manifest for ghcr.io/acme/api:1.2@${SHA} 1.2s done`], { ...app, digest: SHA }],
    ['imagetools', [`#1 pushing ${SHA} to ghcr.io/acme/api:1.2`], { ...app, digest: SHA }],
    [
      'docker push',
      ['The push refers to repository [ghcr.io/acme/api]', 'c1: Pushed', `1.2: digest: ${SHA} size: 1234`],
      { ...app, digest: SHA },
    ],
    ['docker push, cut', [`1.2: digest: ${SHA} size: 1234`], { repository: '', tag: '1.2', digest: SHA }],
    ['crane', [`2026/05/24 17:52:01 ghcr.io/acme/api:1.2: digest: ${SHA} size: 529`], { ...app, digest: SHA }],
    [
      'kaniko',
      ['INFO[0030] Pushing image to ghcr.io/acme/api:1.2', `INFO[0033] Pushed ghcr.io/acme/api@${SHA}`],
      { ...app, digest: SHA },
    ],
    [
      'podman',
      [
        '[command]/usr/bin/podman push localhost/api:1.2 docker://ghcr.io/acme/api:1.2',
        'Writing manifest to image destination',
      ],
      app,
    ],
    [
      'buildah',
      ['+ buildah push ghcr.io/acme/api:1.2', 'Copying blob x', 'Writing manifest to image destination'],
      app,
    ],
    ['skopeo', ['+ skopeo copy oci:out docker://ghcr.io/acme/api:1.2', 'Writing manifest to image destination'], app],
    ['ko', [`Published ghcr.io/acme/api:1.2@${SHA}`], { ...app, digest: SHA }],
    [
      'a masked owner',
      [`#70 pushing manifest for ***/api:1.2@${SHA}`],
      { repository: '***/api', tag: '1.2', digest: SHA },
    ],
    ['a command line alone', ['[command]/usr/bin/docker buildx build --tag ghcr.io/acme/api:1.2 --push .'], undefined],
    [
      'a push that was refused',
      [`#9 pushing manifest for ghcr.io/acme/api:1.2@${SHA}`, '#9 ERROR: failed to push ghcr.io/acme/api:1.2: denied'],
      undefined,
    ],
  ])('of %s are read', (_tool, lines, image) => {
    const [pushed] = readJobLog(log(...lines)).pushed;
    if (image === undefined) expect(pushed).toBeUndefined();
    else expect(pushed).toMatchObject(image);
  });

  it('come once, with the time of the last line', () => {
    const line = `#70 pushing manifest for ghcr.io/acme/api:1.2@${SHA}`;
    const { pushed } = readJobLog(log(line, `${line} 1.2s done`));
    expect(pushed).toEqual([{ ...app, digest: SHA, at: 1779645121123 }]);
  });

  it('are told apart from what a command line planned', () => {
    const text = log(
      '[command]/usr/bin/docker buildx build --tag ghcr.io/acme/api:latest --tag ghcr.io/acme/api:v1.3.2 --push .',
      '##[error]buildx failed with: ERROR: failed to solve: node:lts-slim: not found',
    );
    const { planned, pushed, errors } = readJobLog(text);
    expect(planned?.map(({ tag }) => tag)).toEqual(['latest', 'v1.3.2']);
    expect(pushed).toEqual([]);
    expect(errors).toEqual(['buildx failed with: ERROR: failed to solve: node:lts-slim: not found']);
  });
});

it('remembers when a word that looks like a tag first came up', () => {
  const { mentions } = readJobLog(deployStep);
  expect(mentions).toEqual([{ word: 'a1b2c3d-2026-05-24-17-54', at: 1779645129123 }]);
});

it('reads a log in pieces as it reads it whole', () => {
  const text = `\uFEFF${deployStep}\n${log('Evaluate and set job outputs', "Set output 'tag'")}`;
  const reader = openJobLog();
  for (let at = 0; at < text.length; at += 7) reader.push(text.slice(at, at + 7));
  expect(reader.end()).toEqual(readJobLog(text));
});

describe('hostile logs', () => {
  /** A small generator of its own, so that a failure can be repeated. */
  function random(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1664525 + 1013904223) % 4294967296;
      return state / 4294967296;
    };
  }
  const pieces = [
    deployStep,
    log('Evaluate and set job outputs', "Set output 'tag'", `1.2: digest: ${SHA} size: 9`, '##[error]x'),
    '##[group]Run ',
    '##[endgroup]',
    '\t\t',
    '\uFEFF',
    ESC,
    '***',
    '  A: ',
    'env:',
    '\u0000',
    '::',
    '/'.repeat(300),
    'x:'.repeat(300),
  ];

  it('are read without an exception', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const next = random(seed);
      let text = Array.from({ length: 6 }, () => pieces[Math.floor(next() * pieces.length)] ?? '').join(
        next() < 0.5 ? '\n' : '',
      );
      for (let cuts = 0; cuts < 3; cuts += 1) {
        const at = Math.floor(next() * text.length);
        text =
          text.slice(0, at) +
          (pieces[Math.floor(next() * pieces.length)] ?? '') +
          text.slice(at + Math.floor(next() * 9));
      }
      const read = readJobLog(text);
      expect(read.errors.length).toBeLessThanOrEqual(20);
      expect(read.truncated).toBe(false);
    }
  });

  it.each([
    ['one endless line', 'a/'.repeat(2_000_000)],
    ['endless words of a table', `${'x:'.repeat(1_000_000)} digest: `],
    ['an endless step', `##[group]Run x\n${'  A: b\n'.repeat(300_000)}`],
    ['endless pushes', Array.from({ length: 50_000 }, (_, n) => `t${n}: digest: ${SHA} size: 1`).join('\n')],
    ['endless dashes of a key', `-----BEGIN PRIVATE KEY-----${'A'.repeat(3_000_000)}`],
    ['endless dates', '2026-05-24-17-'.repeat(300_000)],
  ])('with %s take no longer than their length', (_name, text) => {
    expect(ownMs(() => readJobLog(text), 3000)).toBeLessThan(3000);
  });
});
