/** The requests of one question as the steps of its way: DNS, TCP, TLS, `/v2/`, token, manifest. Pure. */
import type { Stage } from '../../evidence/registry-access.ts';
import type { Connection } from './connection.ts';
import type { Scrubber } from './text.ts';
import type { Hop } from './transport.ts';

/** `registry`: `host:port` of the registry itself. Empty when nothing was asked. */
export function wayOf(trail: readonly Hop[], registry: string, scrub: Scrubber): Stage[] {
  const asked = trail.filter(({ what }) => what === 'manifest' || what === 'token');
  const stages: Stage[] = [];
  for (const [index, hop] of asked.entries()) {
    const name = nameOf(asked, index);
    if (name === undefined) continue;
    stages.push(...connected(hop, scrub));
    // Of redirects and repeated questions only the last answer counts.
    if (nameOf(asked, index + 1) === name && hop.end.kind === 'answer') continue;
    stages.push(answered(hop, name, scrub));
  }
  return stages.length === 0 ? [] : [...stages, ...untried(stages, asked.at(-1), registry)];
}

function nameOf(asked: readonly Hop[], index: number): 'api' | 'token' | 'manifest' | undefined {
  const hop = asked[index];
  if (hop === undefined) return undefined;
  if (hop.what === 'token') return 'token';
  // The first question goes out bare; where the registry's habit is known, there is no such question.
  return hop.isBare && asked.slice(0, index).every(({ isBare }) => isBare) ? 'api' : 'manifest';
}

function connected({ connection, url, end }: Hop, scrub: Scrubber): Stage[] {
  if (connection === undefined) return [];
  const host = scrub.clean(url.host);
  const { dnsMs, tcpMs, tlsMs, addresses, protocol, isTls } = connection;
  const broke = end.kind === 'failure' ? connection.at : undefined;
  const names = [...(dnsMs === undefined && broke !== 'dns' ? [] : ['dns' as const]), 'tcp' as const];
  const times = { dns: dnsMs, tcp: tcpMs, tls: tlsMs };
  return [...names, ...(isTls ? ['tls' as const] : [])].map((name): Stage => {
    const ms = times[name];
    if (ms === undefined) return { name, host, state: name === broke ? 'failed' : 'not-tried' };
    return {
      name,
      host,
      state: 'reached',
      ms,
      ...(name === 'dns' ? { addresses: addresses.map((address) => scrub.clean(address)) } : {}),
      ...(name === 'tls' && protocol !== undefined ? { protocol } : {}),
    };
  });
}

function answered(hop: Hop, name: 'api' | 'token' | 'manifest', scrub: Scrubber): Stage {
  const { end, connection, url } = hop;
  const host = scrub.clean(url.host);
  if (end.kind === 'failure' && connection !== undefined && connection.at !== 'open') {
    return { name, host, state: 'not-tried' };
  }
  const ms = Math.max(0, hop.ms - connectMs(connection));
  if (end.kind === 'failure') {
    return end.outcome.kind === 'refused' ? { name, host, state: 'not-tried' } : { name, host, state: 'failed', ms };
  }
  return { name, host, state: 'reached', ms, status: end.status };
}

function connectMs(connection: Connection | undefined): number {
  const { dnsMs = 0, tcpMs = 0, tlsMs = 0 } = connection ?? {};
  return dnsMs + tcpMs + tlsMs;
}

/** The manifest step where it is the first answer itself, or was not come to. */
function untried(stages: readonly Stage[], last: Hop | undefined, registry: string): Stage[] {
  if (stages.some(({ name }) => name === 'manifest')) return [];
  const first = stages.find(({ name }) => name === 'api');
  const isAnswer = last?.what === 'manifest' && first?.state === 'reached' && first.status !== undefined;
  return isAnswer
    ? [
        {
          name: 'manifest',
          host: first.host,
          state: 'reached',
          ...(first.status === undefined ? {} : { status: first.status }),
        },
      ]
    : [{ name: 'manifest', host: registry, state: 'not-tried' }];
}
