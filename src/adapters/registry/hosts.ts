/** What is remembered of each registry: its connections, how it asks for credentials, its tokens. Bounded, oldest out first. */

import type { LookupFunction } from 'node:net';
import { Agent } from 'undici';
import type { Clock } from '../../clock.ts';
import { type AccessOutcome, isInTheClear, type RegistryCredential } from '../../evidence/registry-access.ts';
import { apiHost } from '../../image/reference.ts';
import type { Sealed } from '../../sealed.ts';
import { bareHost } from './addresses.ts';
import type { Challenge } from './challenge.ts';
import { type Connections, watchConnections } from './connection.ts';
import { type Endpoint, endpointOf, inTheClear, type RegistryConfig } from './endpoint.ts';
import { guardedLookup, type InsideRule } from './guard.ts';
import type { RegistryLimits } from './limits.ts';

/** A token with the instant after which it is not used again. */
export interface HeldToken {
  readonly token: Sealed;
  readonly status: number;
  readonly granted?: readonly string[];
  readonly until: number;
}

export type TokenAnswer =
  | { readonly kind: 'token'; readonly held: HeldToken }
  | { readonly kind: 'failed'; readonly status?: number; readonly outcome: AccessOutcome };

/** One registry as this reader knows it. Mutable: it is the reader's memory. */
export interface RegistryHost {
  readonly endpoint: Endpoint;
  readonly agent: Agent;
  /** How its connections came about. */
  readonly connections: Connections;
  readonly lookup: LookupFunction;
  readonly mayBeInside: InsideRule;
  /** How it asked for credentials the last time; `none`: it answered without. */
  challenge?: { readonly value: Challenge | 'none'; readonly at: number };
  /** Set while somebody finds out how it asks; others wait for it instead of asking the same. */
  discovery?: Promise<void>;
  /** It has spoken the registry protocol to us before: then a bare HTML 404 or 403 is still its answer. */
  isRegistry: boolean;
  readonly tokens: Map<string, HeldToken>;
  /** Token requests under way, by the same key. */
  readonly asking: Map<string, Promise<TokenAnswer>>;
}

export interface HostOptions {
  readonly clock: Clock;
  readonly registries: readonly RegistryConfig[];
  readonly allowPrivate: boolean;
  readonly limits: RegistryLimits;
}

export interface Hosts {
  /** undefined: the text is no host. `credential`: what it is going to be asked with. */
  of(registry: string, credential?: RegistryCredential): RegistryHost | undefined;
  close(): Promise<void>;
}

export function createHosts(options: HostOptions): Hosts {
  const known = new Map<string, RegistryHost>();
  const endpoints = new Map(
    options.registries.map((config) => [keyOf(config.host), endpointOf(keyOf(config.host), config)]),
  );
  const listed = new Set(
    [...endpoints.values()].flatMap((endpoint) => (endpoint ? [bareHost(endpoint.base.hostname)] : [])),
  );

  function create(endpoint: Endpoint): RegistryHost {
    const own = bareHost(endpoint.base.hostname);
    const mayBeInside: InsideRule = (name) => listed.has(name) || (options.allowPrivate && name === own);
    const lookup = guardedLookup(mayBeInside);
    const { connectMs, requestMs } = options.limits;
    const trusted = endpoint.ca === undefined ? {} : { ca: [...endpoint.ca] };
    const connections = watchConnections({ lookup, timeout: connectMs, allowH2: false, ...trusted }, () =>
      options.clock.now(),
    );
    const agent = new Agent({
      allowH2: false,
      headersTimeout: requestMs,
      bodyTimeout: requestMs,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 10_000,
      connect: connections.connect,
    });
    const memory = { isRegistry: false, tokens: new Map(), asking: new Map() };
    return { endpoint, agent, connections, lookup, mayBeInside, ...memory };
  }

  return {
    of(image, credential) {
      const registry = keyOf(image);
      // A registry that is configured is asked as the configuration says.
      const isClear = credential !== undefined && isInTheClear(credential) && !endpoints.has(registry);
      const key = isClear ? `http://${registry}` : registry;
      const held = known.get(key);
      if (held) {
        known.delete(key);
        known.set(key, held);
        return held;
      }
      const endpoint = endpoints.get(registry) ?? endpointOf(registry, undefined);
      if (!endpoint) return undefined;
      const host = create(isClear ? inTheClear(endpoint) : endpoint);
      known.set(key, host);
      const [oldest] = known.keys();
      if (known.size > options.limits.hosts && oldest !== undefined) {
        // Its agent is not closed: a question may still be under way. Idle connections end by themselves within seconds.
        known.delete(oldest);
      }
      return host;
    },
    async close() {
      await Promise.all([...known.values()].map((host) => host.agent.destroy()));
      known.clear();
    },
  };
}

/** Docker Hub has three names; all are one registry. */
function keyOf(registry: string): string {
  return apiHost(registry === 'index.docker.io' ? 'docker.io' : registry);
}
