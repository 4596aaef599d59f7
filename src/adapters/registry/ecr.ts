/**
 * Amazon ECR through its own API: a fresh login, and exactly what is missing. Read-only: GetAuthorizationToken, DescribeImages and DescribeRepositories.
 * The SDK is loaded at the first question, and finds AWS credentials where it always does (variables, IRSA, instance role).
 */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { ConfigError, errorLine } from '../../errors.ts';
import type { ImageDescription } from '../../evidence/registry-access.ts';
import type { TagDetailsAnswer } from '../../evidence/tag-details.ts';
import { type ImageReference, manifestSelector } from '../../image/reference.ts';
import { Sealed } from '../../sealed.ts';
import { readAuthorization, readImage, readImmutability, readPushTimes } from './ecr-schema.ts';

/** What DescribeImages says of one image. `unknown`: the API could not be asked, or answered something else. */
type EcrImage = ImageDescription | { readonly kind: 'unknown'; readonly reason: string };

export interface Ecr {
  /** A login of the registry, good for 12 hours. @throws ConfigError when ECR gives none. */
  login(
    /** `region` absent: the one in the host's name. */
    of: { readonly registry: string; readonly region?: string | undefined },
    signal: AbortSignal,
  ): Promise<{ readonly username: string; readonly password: Sealed /** ms */; readonly expiresAt?: number }>;
  image(reference: ImageReference, signal: AbortSignal): Promise<EcrImage>;
  /** When these tags of a repository were pushed, and whether they may be pushed over. Rejects only when `signal` aborts. */
  tags(reference: ImageReference, tags: readonly string[], signal: AbortSignal): Promise<TagDetailsAnswer>;
}

export interface EcrOptions {
  /** Another address than AWS's own: a VPC endpoint. */
  readonly endpoint?: string;
}

/** Account and region, as the host names them (Amazon ECR user guide, private registries). */
const HOST = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/;
const QUESTION_MS = 10_000;

/** Asks nothing yet. */
export function createEcr(options: EcrOptions = {}): Ecr {
  const clients = new Map<string, Promise<ECRClient>>();

  function clientFor(region: string): Promise<ECRClient> {
    const held = clients.get(region) ?? open(region, options);
    clients.set(region, held);
    return held;
  }

  return {
    async login({ registry, region: named }, signal) {
      try {
        const region = named ?? placeOf(registry).region;
        const [client, { GetAuthorizationTokenCommand }] = await Promise.all([clientFor(region), sdk()]);
        const answer = await client.send(new GetAuthorizationTokenCommand({}), { abortSignal: bounded(signal) });
        const login = readAuthorization(answer);
        if (login === undefined) throw new Error('the answer holds no login');
        return { ...login, password: new Sealed(login.password) };
      } catch (error) {
        signal.throwIfAborted();
        throw new ConfigError({
          code: 'credential-source-unreadable',
          message: `Amazon ECR gave no login for ${registry}: ${errorLine(error)}`,
          hint: 'Pullcheck needs AWS credentials that may call ecr:GetAuthorizationToken; see credentialSources in docs/configuration.md.',
        });
      }
    },
    async image(reference, signal) {
      try {
        const { account, region } = placeOf(reference.registry);
        const [client, { DescribeImagesCommand }] = await Promise.all([clientFor(region), sdk()]);
        const selector = manifestSelector(reference);
        const command = new DescribeImagesCommand({
          registryId: account,
          repositoryName: reference.repository,
          imageIds: [reference.digest === undefined ? { imageTag: selector } : { imageDigest: selector }],
        });
        const answer = await client.send(command, { abortSignal: bounded(signal) });
        return readImage(answer) ?? { kind: 'unknown', reason: 'the answer names no image' };
      } catch (error) {
        signal.throwIfAborted();
        return missingPart(error);
      }
    },
    async tags(reference, tags, signal) {
      try {
        const { account, region } = placeOf(reference.registry);
        const [client, { DescribeImagesCommand, DescribeRepositoriesCommand }] = await Promise.all([
          clientFor(region),
          sdk(),
        ]);
        const { repository } = reference;
        const imageIds = tags.map((imageTag) => ({ imageTag }));
        const images = new DescribeImagesCommand({ registryId: account, repositoryName: repository, imageIds });
        const settings = new DescribeRepositoriesCommand({ registryId: account, repositoryNames: [repository] });
        const abort = { abortSignal: bounded(signal) };
        // The second right is another one than the first, and many roles lack it.
        const [pushed, rule] = await Promise.all([
          client.send(images, abort).then(readPushTimes),
          client.send(settings, abort).then(readImmutability, () => undefined),
        ]);
        return toldOf(tags, pushed, rule);
      } catch (error) {
        signal.throwIfAborted();
        return { kind: 'untold', reason: `Amazon’s own API: ${errorLine(error)}` };
      }
    },
  };
}

function toldOf(
  tags: readonly string[],
  pushed: ReadonlyMap<string, number>,
  rule: ((tag: string) => boolean) | undefined,
): TagDetailsAnswer {
  const told = tags.flatMap((tag) => {
    const pushedAt = pushed.get(tag);
    return pushedAt === undefined ? [] : [{ tag, pushedAt, ...(rule === undefined ? {} : { isImmutable: rule(tag) }) }];
  });
  if (told.length === 0) return { kind: 'untold', reason: 'Amazon’s own API tells nothing of it' };
  return { kind: 'told', source: 'Amazon’s own API', tags: told };
}

function sdk() {
  return import('@aws-sdk/client-ecr');
}

async function open(region: string, { endpoint }: EcrOptions): Promise<ECRClient> {
  const { ECRClient } = await sdk();
  return new ECRClient({ region, maxAttempts: 2, ...(endpoint === undefined ? {} : { endpoint }) });
}

function bounded(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(QUESTION_MS)]);
}

function placeOf(registry: string): { readonly account: string; readonly region: string } {
  const [, account, region] = HOST.exec(registry) ?? [];
  if (account === undefined || region === undefined) throw new Error(`${registry} is no private registry of ECR`);
  return { account, region };
}

/** Names of the API's errors (Amazon ECR API reference, DescribeImages). */
function missingPart(error: unknown): EcrImage {
  const name = error instanceof Error ? error.name : '';
  if (name === 'ImageNotFoundException') return { kind: 'image-not-found' };
  if (name === 'RepositoryNotFoundException') return { kind: 'repository-not-found' };
  return { kind: 'unknown', reason: errorLine(error) };
}
