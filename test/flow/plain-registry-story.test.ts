/**
 * A registry without TLS that the nodes know and the bot is not told of: what anybody may see there is looked at, and no credential
 * goes over the wire. The name is an address that nothing takes for this machine's own.
 */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRegistryReader, type RegistryConfig } from '../../src/adapters/registry/client.ts';
import { systemClock } from '../../src/clock.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { demand, type FakeServer, json, oneManifest, startFake } from '../adapters/registry/fake-registry.ts';
import { aStory, fakeCluster } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aFailedEvent, aPod, aPullSecret } from '../support/snapshots.ts';

const POD = 'api-7d9c5-x2x7k';
const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

interface Plain {
  /** What containerd ends its message with; `IMAGE` and `HOST` stand for their names. */
  readonly says?: string;
  readonly secret?: boolean;
  readonly wantsLogin?: boolean;
  readonly registries?: (host: string) => readonly RegistryConfig[];
}

async function diagnose({ says = 'IMAGE: not found', secret = false, wantsLogin = false, registries }: Plain) {
  const registry = await startFake((request, response) => {
    if (wantsLogin) return demand(response, 'Basic realm="shop"');
    if (request.url?.includes('/tags/list')) return json(response, 200, { name: 'team/api', tags: ['1.4.0', '1.4.1'] });
    if (request.url?.endsWith('/manifests/1.4.1')) return json(response, 200, oneManifest);
    return json(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] });
  });
  servers.push(registry);
  const host = registry.host.replace('127.0.0.1', '[::ffff:7f00:1]');
  const image = `${host}/team/api:1.4.2`;
  const pod = aPod({ containers: [aContainer({ image, waitingMessage: `Back-off pulling image "${image}"` })] });
  const why = says.replaceAll('IMAGE', image).replaceAll('HOST', host);
  const message = `Failed to pull image "${image}": failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${why}`;
  const cluster = fakeCluster(
    aStory({
      pods: [pod],
      secrets: secret ? [aPullSecret({ host })] : [],
      events: { [`uid-${POD}`]: [aFailedEvent({ message })] },
    }),
  );
  const run = makeDiagnose({
    clock: systemClock,
    readers: (_cluster, meter) => {
      const reader = createRegistryReader({ meter, clock: systemClock, registries: registries?.(host) ?? [] });
      return { cluster, registry: reader, close: () => reader.close() };
    },
    runbooks: [shippedRunbook('image-pull')],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
  const diagnosis: Diagnosis = await run({
    request: { kind: 'Pod', name: POD, namespace: 'staging' },
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return { diagnosis, registry, verdict: `${diagnosis.verdict.cause} ${diagnosis.verdict.confidence}` };
}

/** Each question beyond the one that finds out that it speaks http. */
function asked({ seen }: FakeServer): readonly string[] {
  return seen.map(({ line }) => line).filter((line) => line !== 'GET /v2/');
}

describe('a registry without TLS that the bot is not told of', () => {
  it('is looked at as anybody may, and proves that the tag is missing', async () => {
    const { verdict, diagnosis, registry } = await diagnose({});
    expect(verdict).toBe('tag-not-found certain');
    expect(diagnosis.verdict.summary).toContain('Nearest: 1.4.1');
    expect(registry.seen.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  });

  it('gets no credential: the list that anybody may read is proof enough', async () => {
    const { verdict, diagnosis, registry } = await diagnose({ secret: true });
    expect(verdict).toBe('tag-not-found certain');
    expect(JSON.stringify(diagnosis)).toContain('anonymous, over plain http');
    const ruledOut = diagnosis.ruledOut.map(({ cause }) => cause);
    expect(ruledOut).toContain('pull-secret-wrong-registry');
    expect(ruledOut).not.toContain('credentials-rejected');
    expect(registry.seen.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  });

  it('that wants a login leaves all open, and says what to tell the bot', async () => {
    const { verdict, diagnosis, registry } = await diagnose({ secret: true, wantsLogin: true });
    expect(verdict).toBe('image-not-found likely');
    expect(diagnosis.verdict.summary).toContain('plainHttp: true');
    expect(registry.seen.map(({ authorization }) => authorization).filter(Boolean)).toEqual([]);
  });

  it('that the node asks with TLS is that fault, and is not looked into', async () => {
    const says =
      'failed to do request: Head "https://HOST/v2/team/api/manifests/1.4.2": http: server gave HTTP response to HTTPS client';
    const { verdict, registry } = await diagnose({ says });
    expect(verdict).toBe('http-vs-https certain');
    expect(asked(registry)).toEqual([]);
  });

  it('is not asked in the clear where the configuration wants TLS', async () => {
    const { registry } = await diagnose({ registries: (host) => [{ host, plainHttp: false }] });
    expect(asked(registry)).toEqual([]);
  });
});
