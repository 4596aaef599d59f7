/**
 * The node did not get through to the registry, and the bot does: that contrast is the finding. What the bot saw is told, and where
 * the difference can lie; the registry itself is not blamed. Never certain: it may have been repaired between the two looks.
 */
import type { PullFailure } from '../evidence/evidence.ts';
import type { AccessAttempt, RegistryAccess, Stage } from '../evidence/registry-access.ts';
import { CAUSES, familyOf } from './catalogue.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import type { WayStep } from './diagnosis.ts';
import { wayLines, wayTo } from './registry-report.ts';
import { commandLine } from './shell.ts';
import { list, tidy } from './words.ts';

/** The node said that it did not get through to the registry. */
export function saysNetwork(failure: PullFailure | undefined): failure is PullFailure {
  return failure !== undefined && familyOf(failure.classification.kind) === 'reachability';
}

export interface Contrast {
  readonly access: RegistryAccess;
  /** A question of the bot that the registry answered. */
  readonly reached: AccessAttempt;
  readonly failure: PullFailure;
  /** `registry.example.com answered the bot in 12 ms` */
  readonly took: string;
}

/** Where node and bot can differ, by what the node met. */
const DIFFERENCE: Partial<Record<Cause, string>> = {
  'dns-failure': 'the node’s resolver (nodes do not ask the cluster’s DNS)',
  'tls-untrusted':
    'the authorities that the node trusts, its clock, or something on its way that puts in a certificate of its own',
  'tls-handshake': 'the node’s network: a filter, a packet size, or an old TLS version',
  'http-vs-https': 'how the node’s runtime is told to ask this registry',
  'proxy-failure': 'the proxy that the node’s runtime is told to use',
  'transfer-interrupted': 'the node’s way to the layers, which the bot does not fetch',
  'cancelled-or-deadline': 'the time that the node had, and layers, which the bot does not fetch',
};

/** What a registry that answers by now may have been, and nothing that anybody has to set up. */
const MAY_BE_OVER: ReadonlySet<Cause> = new Set<Cause>([
  'connection-refused',
  'connection-timeout',
  'connection-reset',
  'network-unreachable',
  'dns-failure',
  'registry-unreachable',
]);

function fixFor(cause: Cause, { host, scheme = 'https' }: RegistryAccess): { readonly fix?: string } {
  const see = commandLine('curl', '-sSI', `${scheme}://${host}/v2/`);
  return MAY_BE_OVER.has(cause)
    ? {
        fix: `Wait for the kubelet’s next attempt (at most 5 minutes), or delete the pod where its controller makes another. If that fails as well, ask from the node itself: ${see}`,
      }
    : {};
}

/** The finding of a node that fails where the bot does not. */
export function contrast({ access, reached, failure, took }: Contrast): Finding {
  const { kind: cause, host, also } = failure.classification;
  const way = wayTo(access);
  const because = ['pullFailure', 'registryAccess'] as const;
  const detail = {
    host: host ?? access.host,
    message: tidy(failure.message),
    fromBot: 'reached',
    ...(way.length === 0 ? {} : { way: wayLines(way, access.host) }),
  };
  const says = `The node reports "${CAUSES[cause].title.toLowerCase()}"`;
  const met = { cause, because, detail, alternatives: also };
  if (host !== null && !wasAsked(host, access)) {
    const summary = `${says} about ${tidy(host)}, which the bot did not ask; ${took}: the trouble is with that host (a mirror, a token or storage server, or another address of the same name) or on the node’s way to it.`;
    return { ...met, confidence: 'likely', summary };
  }
  if (cause === 'http-vs-https' && access.scheme === 'http') {
    const summary = `${access.host} speaks plain HTTP, as the bot found, and the node asks it with TLS: it has to be marked as plain in the node’s runtime.`;
    return { ...met, confidence: 'likely', summary };
  }
  const where = DIFFERENCE[cause] ?? 'the node’s network, firewall or proxy';
  const summary = `${says}, but ${took}${seen(way, reached)}: the difference lies on the node or on its way to the registry: ${where}. Or it was repaired meanwhile.`;
  return { ...met, confidence: 'likely', summary, ...fixFor(cause, access) };
}

/** `: its name resolves to 10.0.0.7, TLS is trusted (TLSv1.3)`. */
function seen(way: readonly WayStep[], { scheme }: AccessAttempt): string {
  const step = (name: string) => way.find((one) => one.step === name && one.state === 'reached');
  const name = step('dns');
  const tls = step('tls');
  const facts = [
    ...(name === undefined || name.fact === '' ? [] : [`its name resolves to ${name.fact}`]),
    ...(tls === undefined ? [] : [`TLS is trusted with the bot’s authorities (${tls.fact})`]),
    ...(scheme === 'http' ? ['it speaks plain HTTP'] : []),
  ];
  return facts.length === 0 ? '' : ` (${list(facts)})`;
}

/** The host that the node names is one that the bot got through to. */
function wasAsked(host: string, access: RegistryAccess): boolean {
  const reached = access.attempts.flatMap(({ way = [], challenge }) => [
    ...way.filter(({ state }) => state === 'reached').flatMap((stage) => [stage.host, ...dialled(stage)]),
    ...(challenge.realm === undefined ? [] : [URL.parse(challenge.realm)?.host ?? '']),
  ]);
  return [access.host, ...reached].some((one) => bare(one) === bare(host));
}

/** Go names the address that it dials, with its port. */
function dialled({ addresses = [], host }: Stage): string[] {
  const port = /:(\d+)$/.exec(host)?.[1] ?? '443';
  return addresses.map((address) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`));
}

/** Without a port that is the scheme's own; Docker Hub under its one name. */
function bare(host: string): string {
  const name = host.toLowerCase().replace(/:(?:443|80)$/, '');
  return ['docker.io', 'index.docker.io'].includes(name) ? 'registry-1.docker.io' : name;
}
