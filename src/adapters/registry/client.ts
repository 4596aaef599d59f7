/** The registry reader: `RegistryReader` over real HTTP. START HERE: ask.ts is the authorization, transport.ts the safety. */
import type { Clock } from '../../clock.ts';
import { unreachable } from '../../evidence/observation.ts';
import type { CallMeter, RegistryReader } from '../../evidence/ports.ts';
import {
  type AccessAttempt,
  type AccessOutcome,
  anonymous,
  type LoginAnswer,
  type RegistryCredential,
} from '../../evidence/registry-access.ts';
import { type ImageReference, manifestSelector } from '../../image/reference.ts';
import type { RegistryKind } from '../../image/registry.ts';
import { failureOf, mediaTypeOf } from './answers.ts';
import { type Asked, ask } from './ask.ts';
import { listRepositories } from './catalog.ts';
import { startDeadline } from './deadline.ts';
import type { Ecr } from './ecr.ts';
import type { RegistryConfig } from './endpoint.ts';
import { createHosts, type RegistryHost } from './hosts.ts';
import { habitsOf, withHabits } from './kind-of.ts';
import { defaultLimits, type RegistryLimits } from './limits.ts';
import { acceptManifests, readHeadAnswer, readManifestAnswer } from './manifest.ts';
import { readOrigin } from './origin.ts';
import { softwareOf } from './software.ts';
import { readTagDetails, untold } from './tag-details.ts';
import { listTags } from './tags.ts';
import { createScrubber } from './text.ts';
import type { Answer, Call, HttpRequest } from './transport.ts';
import { wayOf } from './way.ts';

export type { RegistryConfig } from './endpoint.ts';

export interface RegistryReaderOptions {
  readonly meter: CallMeter;
  readonly clock: Clock;
  readonly registries: readonly RegistryConfig[];
  /** false: a registry on a private or loopback address is asked only when it is listed in `registries`. Default true. */
  readonly allowPrivate?: boolean;
  readonly limits?: Partial<RegistryLimits>;
  /** The kind of every registry asked, where its name does not tell (recorded answers played on this machine). */
  readonly kind?: RegistryKind;
  /** Amazon's own API, where credentials for it are configured. */
  readonly ecr?: Pick<Ecr, 'image'> & Partial<Pick<Ecr, 'tags'>>;
}

/** A reader whose connections can be closed when the program ends. */
export interface ClosableRegistryReader extends RegistryReader {
  close(): Promise<void>;
}

/** @throws ConfigError when a registry's CA file cannot be read. */
export function createRegistryReader(options: RegistryReaderOptions): ClosableRegistryReader {
  const limits = { ...defaultLimits, ...options.limits };
  const { clock, meter, registries } = options;
  const hosts = createHosts({ clock, registries, allowPrivate: options.allowPrivate ?? true, limits });

  async function question<T>(
    on: { readonly host: RegistryHost; readonly reference: ImageReference; readonly credential: RegistryCredential },
    signal: AbortSignal,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const { credential } = on;
    const deadline = startDeadline(limits.totalMs, signal);
    const scrub =
      credential.kind === 'password' ? createScrubber(credential.username, credential.password) : createScrubber();
    try {
      return await work({
        host: on.host,
        repository: on.reference.repository,
        limits,
        deadline,
        caller: signal,
        scrub,
        now: () => clock.now(),
        trail: [],
        count: (what) => meter.count('registry', what),
      });
    } finally {
      deadline.release();
    }
  }

  return {
    async manifest(reference, credential, signal) {
      const began = clock.now();
      const host = hosts.of(reference.registry, credential);
      const answer = host
        ? await question({ host, reference, credential }, signal, async (call) => {
            const access = await readAccess(call, credential, reference);
            return { ...access, way: wayOf(call.trail, host.endpoint.host, call.scrub) };
          })
        : { outcome: noHost(reference), challenge: { scheme: 'unknown' as const } };
      const durationMs = Math.max(0, clock.now() - began);
      if (host === undefined) return { credential, ...answer, durationMs };
      const attempt = { credential, ...answer, scheme: schemeOf(host), durationMs };
      return described(options, reference, withHabits(reference.registry, attempt, options.kind), signal);
    },
    async tags(reference, credential, signal) {
      const host = hosts.of(reference.registry, credential);
      if (!host) return { kind: 'failed', outcome: noHost(reference) };
      return question({ host, reference, credential }, signal, (call) =>
        listTags(call, credential, habitsOf(host, options.kind)),
      );
    },
    async tagDetails(reference, tags, credential, signal) {
      const own = hosts.of(reference.registry, credential);
      if (own === undefined) return untold('it is no host name');
      const { kind, tagApi: api } = habitsOf(own, options.kind);
      if (kind === 'ecr' && options.ecr?.tags) {
        meter.count('registry', 'describe-images');
        return options.ecr.tags(reference, tags, signal);
      }
      if (api === undefined) return untold('this registry tells no push times');
      // Answers played on this machine are played by one server.
      const host = api.host === undefined || options.kind !== undefined ? own : hosts.of(api.host);
      if (host === undefined) return untold('it is no host name');
      const asked: RegistryCredential = api.auth === 'nobody' ? anonymous : credential;
      return question({ host, reference, credential: asked }, signal, (call) =>
        readTagDetails(call, { api, reference, tags, credential: asked }),
      );
    },
    async origin(reference, credential, signal) {
      const host = hosts.of(reference.registry, credential);
      if (!host) return unreachable('it is no host name');
      return question({ host, reference, credential }, signal, (call) => readOrigin(call, { reference, credential }));
    },
    async repositories(reference, credential, signal) {
      const host = hosts.of(reference.registry, credential);
      if (!host) return undefined;
      return question({ host, reference, credential }, signal, (call) => listRepositories(call, credential));
    },
    async login(reference, credential, signal) {
      const host = hosts.of(reference.registry, credential);
      return host ? question({ host, reference, credential }, signal, (call) => tryLogin(call, credential)) : 'unknown';
    },
    close: () => hosts.close(),
  };
}

/** Once per image, with the question that is asked as nobody; only where ECR did not show the image. */
async function described(
  { ecr, meter }: Pick<RegistryReaderOptions, 'ecr' | 'meter'>,
  reference: ImageReference,
  attempt: AccessAttempt,
  signal: AbortSignal,
): Promise<AccessAttempt> {
  const refused = ['missing', 'unauthorized', 'denied'].includes(attempt.outcome.kind);
  if (!ecr || attempt.kind !== 'ecr' || !refused || attempt.credential.kind !== 'anonymous') return attempt;
  meter.count('registry', 'describe-images');
  const image = await ecr.image(reference, signal);
  return image.kind === 'unknown' ? attempt : { ...attempt, described: image };
}

function schemeOf({ endpoint }: RegistryHost): 'http' | 'https' {
  return endpoint.base.protocol === 'http:' ? 'http' : 'https';
}

/** The base of the API: docker-registry answers it 200 to a right password and 401 to a wrong one, whatever it holds. */
async function tryLogin(call: Call, credential: RegistryCredential): Promise<LoginAnswer> {
  const url = new URL('/v2/', call.host.endpoint.base);
  const asked = await ask(call, credential, { url, method: 'GET', what: 'login', headers: {} });
  if (asked.kind === 'failed') return asked.outcome.kind === 'unauthorized' ? 'rejected' : 'unknown';
  const { answer } = asked;
  if (answer.status >= 200 && answer.status < 300) return isPage(answer) ? 'unknown' : 'accepted';
  return failureOf(call, answer, 'manifest').kind === 'unauthorized' ? 'rejected' : 'unknown';
}

/** A portal answers everything with 200 and a page. */
function isPage(answer: Answer): boolean {
  return mediaTypeOf(answer) === 'text/html';
}

type Access = Omit<AccessAttempt, 'credential' | 'durationMs'>;

async function readAccess(call: Call, credential: RegistryCredential, reference: ImageReference): Promise<Access> {
  const request: HttpRequest = {
    url: new URL(`/v2/${call.repository}/manifests/${manifestSelector(reference)}`, call.host.endpoint.base),
    method: 'GET',
    what: 'manifest',
    headers: { accept: acceptManifests },
  };
  if (!call.host.endpoint.countsPulls) return conclude(call, await ask(call, credential, request), reference);
  const asked = await ask(call, credential, { ...request, method: 'HEAD' });
  // A HEAD has no body: what was refused is asked again to hear why. 429 and 5xx are not worth a second question.
  const readable = asked.kind === 'failed' || asked.answer.status === 429 || asked.answer.status >= 500;
  if (readable) return conclude(call, asked, reference);
  const seen = asked.answer.status < 300 ? readHeadAnswer(call, asked.answer) : undefined;
  if (seen) return describe(asked, seen, asked.answer.status);
  return conclude(call, await ask(call, credential, request), reference);
}

function conclude(call: Call, asked: Asked, reference: ImageReference): Access {
  if (asked.kind === 'failed') return describe(asked, asked.outcome, undefined);
  const { answer } = asked;
  const good = answer.status >= 200 && answer.status < 300;
  const outcome = good ? readManifestAnswer(call, answer, reference.digest) : failureOf(call, answer, 'manifest');
  if (outcome.kind === 'found') call.host.isRegistry = true;
  const software = outcome.kind === 'missing' ? softwareOf(call, answer) : undefined;
  return { ...describe(asked, outcome, answer.status), ...(software === undefined ? {} : { software }) };
}

function describe(asked: Asked, outcome: AccessOutcome, status: number | undefined): Access {
  return {
    outcome,
    challenge: asked.challenge,
    ...(asked.token === undefined ? {} : { token: asked.token }),
    ...(status === undefined ? {} : { status }),
    ...(asked.kind === 'answer' ? quotaOf(asked.answer.headers) : {}),
  };
}

/** `100;w=21600`: only what such a value can look like is passed on. */
function quotaOf(headers: Readonly<Record<string, string | undefined>>): Pick<AccessAttempt, 'quota'> {
  const [limit, remaining] = ['ratelimit-limit', 'ratelimit-remaining'].map((name) => {
    const value = headers[name] ?? '';
    return /^\d{1,12}(?:;w=\d{1,9})?$/.test(value) ? value : undefined;
  });
  if (limit === undefined && remaining === undefined) return {};
  return { quota: { ...(limit === undefined ? {} : { limit }), ...(remaining === undefined ? {} : { remaining }) } };
}

function noHost(reference: ImageReference): AccessOutcome {
  return { kind: 'refused', reason: `"${createScrubber().clean(reference.registry)}" is no host name` };
}
