/** ECR's own API, played by a server on this machine, through Amazon's client. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEcr, type Ecr } from '../../../src/adapters/registry/ecr.ts';
import { anonymous } from '../../../src/evidence/registry-access.ts';
import { imageOf, puller } from '../../contract/registry-reader.ts';
import { demand, type FakeServer, json, quickReader, startFake } from './fake-registry.ts';

const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example', AWS_EC2_METADATA_DISABLED: 'true' };
const before = { ...process.env };
const signal = new AbortController().signal;
let answers: Readonly<Record<string, readonly [number, unknown]>> = {};
let asked: string[] = [];
let server: FakeServer;
let ecr: Ecr;

beforeAll(async () => {
  Object.assign(process.env, KEYS);
  server = await startFake((request, response) => {
    const target = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      asked.push(`${target} ${body}`);
      const [status, value] = answers[target] ?? [500, {}];
      json(response, status, value, { 'content-type': 'application/x-amz-json-1.1' });
    });
  });
});
beforeEach(() => {
  ecr = createEcr({ endpoint: `http://${server.host}` });
});
afterEach(() => {
  answers = {};
  asked = [];
});
afterAll(async () => {
  for (const name of Object.keys(KEYS)) {
    if (before[name] === undefined) delete process.env[name];
    else process.env[name] = before[name];
  }
  await server.stop();
});

describe('a login', () => {
  it('is the user AWS with a password that is never shown, and an end', async () => {
    const authorizationToken = Buffer.from('AWS:canary:with-colon').toString('base64');
    answers = {
      GetAuthorizationToken: [200, { authorizationData: [{ authorizationToken, expiresAt: 1_790_043_200 }] }],
    };
    const login = await ecr.login({ registry: HOST }, signal);
    expect(login).toMatchObject({ username: 'AWS', expiresAt: 1_790_043_200_000 });
    expect(login.password.reveal()).toBe('canary:with-colon');
    expect(JSON.stringify(login)).not.toContain('canary');
    expect(server.seen.at(-1)?.authorization).toMatch(/^AWS4-HMAC-SHA256 .*\/eu-central-1\/ecr\/aws4_request/);
  });

  it('is asked for in the region that is named, where the host names none', async () => {
    const authorizationToken = Buffer.from('AWS:canary').toString('base64');
    answers = { GetAuthorizationToken: [200, { authorizationData: [{ authorizationToken }] }] };
    await ecr.login({ registry: 'registry.example.com', region: 'us-west-2' }, signal);
    expect(server.seen.at(-1)?.authorization).toContain('/us-west-2/ecr/');
  });

  it.each([
    ['a refusal', HOST, [400, { __type: 'AccessDeniedException', message: 'not authorized' }], 'not authorized'],
    ['an answer without a login', HOST, [200, { authorizationData: [] }], 'no login'],
    ['another registry', 'ghcr.io', [200, {}], 'no private registry of ECR'],
  ] as const)('that is not given is said: %s', async (_name, registry, answer, words) => {
    answers = { GetAuthorizationToken: answer };
    await expect(ecr.login({ registry }, signal)).rejects.toMatchObject({
      code: 'credential-source-unreadable',
      message: expect.stringContaining(words),
    });
  });
});

describe('an image', () => {
  const image = imageOf(`${HOST}/shop/api:1.4.2`);

  it('is found with the time of its push', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    answers = {
      DescribeImages: [200, { imageDetails: [{ imageDigest: digest, imagePushedAt: 1_790_000_000 }] }],
    };
    expect(await ecr.image(image, signal)).toEqual({ kind: 'found', digest, pushedAt: 1_790_000_000_000 });
    expect(asked).toEqual([
      `DescribeImages ${JSON.stringify({
        repositoryName: 'shop/api',
        registryId: '123456789012',
        imageIds: [{ imageTag: '1.4.2' }],
      })}`,
    ]);
  });

  it.each([
    ['ImageNotFoundException', 'image-not-found'],
    ['RepositoryNotFoundException', 'repository-not-found'],
    ['AccessDeniedException', 'unknown'],
  ])('%s means %s', async (type, kind) => {
    answers = { DescribeImages: [400, { __type: type, message: 'said so' }] };
    expect(await ecr.image(image, signal)).toMatchObject({ kind });
  });
});

describe('the tags of a repository', () => {
  const image = imageOf(`${HOST}/shop/api:1.4.2`);
  const pushed = [
    { imageTags: ['1.4.1', 'stable'], imagePushedAt: 1_790_000_000 },
    { imageTags: ['1.4.0'], imagePushedAt: 1_780_000_000 },
    { imageDigest: 'untagged' },
  ];

  function setting(imageTagMutability: string, ...filters: readonly string[]) {
    const imageTagMutabilityExclusionFilters = filters.map((filter) => ({ filterType: 'WILDCARD', filter }));
    return [200, { repositories: [{ imageTagMutability, imageTagMutabilityExclusionFilters }] }] as const;
  }

  it('come with their push times in one question, and with whether they may be pushed over', async () => {
    answers = { DescribeImages: [200, { imageDetails: pushed }], DescribeRepositories: setting('IMMUTABLE') };
    expect(await ecr.tags(image, ['1.4.1', '1.4.0', '1.3.9'], signal)).toEqual({
      kind: 'told',
      source: 'Amazon’s own API',
      tags: [
        { tag: '1.4.1', pushedAt: 1_790_000_000_000, isImmutable: true },
        { tag: '1.4.0', pushedAt: 1_780_000_000_000, isImmutable: true },
      ],
    });
    expect(asked.map((line) => line.split(' ')[0]).sort((a, b) => (a ?? '').localeCompare(b ?? ''))).toEqual([
      'DescribeImages',
      'DescribeRepositories',
    ]);
  });

  it.each([
    ['MUTABLE', [], false],
    ['IMMUTABLE', [], true],
    ['IMMUTABLE_WITH_EXCLUSION', ['1.4*'], false],
    ['IMMUTABLE_WITH_EXCLUSION', ['latest', 'dev-*'], true],
    ['MUTABLE_WITH_EXCLUSION', ['*.4.*'], true],
    ['MUTABLE_WITH_EXCLUSION', ['1.4.1*1'], false],
    ['MUTABLE_WITH_EXCLUSION', ['1.4.1'], true],
  ] as const)('may be pushed over, or not: %s %j', async (kind, filters, isImmutable) => {
    answers = { DescribeImages: [200, { imageDetails: pushed }], DescribeRepositories: setting(kind, ...filters) };
    expect(await ecr.tags(image, ['1.4.1'], signal)).toMatchObject({ tags: [{ tag: '1.4.1', isImmutable }] });
  });

  it('come without a rule where only the other right is given', async () => {
    answers = {
      DescribeImages: [200, { imageDetails: pushed }],
      DescribeRepositories: [400, { __type: 'AccessDeniedException', message: 'no' }],
    };
    expect(await ecr.tags(image, ['1.4.1'], signal)).toMatchObject({
      tags: [{ tag: '1.4.1', pushedAt: 1_790_000_000_000 }],
    });
  });

  it('are untold where the API refuses', async () => {
    answers = {
      DescribeImages: [400, { __type: 'AccessDeniedException', message: 'no' }],
      DescribeRepositories: setting('MUTABLE'),
    };
    expect(await ecr.tags(image, ['1.4.1'], signal)).toMatchObject({ kind: 'untold' });
  });
});

describe('the registry reader', () => {
  it('asks the API once for an image that ECR does not show, and only where credentials for it are configured', async () => {
    const registry = await startFake((_request, response) => demand(response, 'Basic realm="https://example.com/"'));
    const questions: string[] = [];
    const api = {
      image: async ({ repository }: { readonly repository: string }) => {
        questions.push(repository);
        return { kind: 'image-not-found' as const };
      },
    };
    const image = imageOf(`${registry.host}/shop/api:1.4.2`);
    const reader = quickReader({ kind: 'ecr', ecr: api });
    const without = quickReader({ kind: 'ecr' });
    try {
      expect(await reader.manifest(image, anonymous, signal)).toMatchObject({ described: { kind: 'image-not-found' } });
      expect((await reader.manifest(image, puller(), signal)).described).toBeUndefined();
      expect((await without.manifest(image, anonymous, signal)).described).toBeUndefined();
      expect(questions).toEqual(['shop/api']);
      expect(reader.calls).toContain('describe-images');
    } finally {
      await Promise.all([reader.close(), without.close(), registry.stop()]);
    }
  });
});
