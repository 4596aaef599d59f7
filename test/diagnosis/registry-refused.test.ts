/** A registry of the cluster whose Service has a ready backend, while the node was refused, cut off or answered with an error. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { observed } from '../../src/evidence/observation.ts';
import type { RegistryService } from '../../src/evidence/registry-service.ts';
import { parseReference } from '../../src/image/reference.ts';
import { anEndpoint, aPolicy, aRegistryPod, aService, backed, REGISTRY } from '../support/registry-service.ts';
import { aRunningContainer } from '../support/snapshots.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  evidence,
  failure,
  firstFinding,
  found,
  NOW,
  refusedConnection,
  runCheck,
  verdictOf,
} from './support.ts';

const refused = observed(failure('connection-refused'));
const anotherNode = observed({ ...aPod, node: 'node-1', hostIP: '192.168.1.11' });

function story(seen: RegistryService, spoiled: Partial<Evidence> = {}): Evidence {
  return evidence({
    reference: observed(parseReference(`${seen.mirrorOf ?? seen.host}/web:latest`)),
    pod: anotherNode,
    pullFailure: refused,
    registryAccess: access(attempt(anyone, refusedConnection)),
    registryService: observed(seen),
    ...spoiled,
  });
}
const check = (seen: RegistryService, spoiled: Partial<Evidence> = {}) =>
  runCheck('registry-in-cluster', story(seen, spoiled));

/** What the classifier reads out of words about that host. */
const at = (host: string) => ({ classification: { ...failure('connection-refused').classification, host } });

/** The registry's container since `startedAt`, with what its spec declares. */
function running(over: Parameters<typeof aRunningContainer>[0]) {
  return observed([aRegistryPod({ containers: [aRunningContainer({ name: 'registry', ...over })] })]);
}

describe('the Service sends on to a port where nobody listens', () => {
  const wrong = {
    service: aService({
      ports: [
        { name: 'metrics', port: 9090 },
        { name: 'http', port: 5000 },
      ],
    }),
    endpoints: observed([anEndpoint({ ports: [{ name: 'http', port: 5001 }] })]),
  };

  it('is certain where the container declares another port, with the patch that mends it', () => {
    const result = check(backed({ ...wrong, pods: running({ ports: [{ name: 'http', port: 5000 }] }) }));
    expect(firstFinding(result)).toBe('connection-refused certain');
    expect(result.note).toBe(
      'The registry 10.43.170.72:5000 is Service cortex-chat/docker-registry, which sends on to port 5001 of docker-registry-6c8f-abcde: ready, and yet connections to it are refused, where nothing seems to listen: its container declares port 5000.',
    );
    expect(result).toMatchObject({
      ruledOut: [{ cause: 'registry-down' }, { cause: 'network-policy-blocks-registry' }],
      findings: [
        {
          commands: [
            `kubectl patch service docker-registry -n cortex-chat --type=json -p '[{"op":"replace","path":"/spec/ports/1/targetPort","value":5000}]'`,
          ],
        },
      ],
    });
  });

  it('is the verdict’s own sentence, not only that node and bot both fail', () => {
    const { cause, confidence, summary } = verdictOf(story(backed(wrong)));
    expect([cause, confidence]).toEqual(['connection-refused', 'certain']);
    expect(summary).toContain('port 5001 of docker-registry-6c8f-abcde');
  });

  it('is only likely while a policy may be what refuses, or where the bot was not asked', () => {
    const policies = observed([aPolicy()]);
    expect(firstFinding(check(backed({ ...wrong, policies })))).toBe('connection-refused likely');
    expect(check(backed({ ...wrong, policies })).note).toContain('Or a NetworkPolicy refuses them');
    expect(firstFinding(check(backed(wrong), { registryAccess: access() }))).toBe('connection-refused likely');
  });

  it('is not said where the bot was answered there a moment ago', () => {
    const answered = { registryAccess: access(attempt(anyone, found)) };
    expect(check(backed(wrong), answered).verdict).toBe('pass');
  });
});

describe('the registry was away when the node asked', () => {
  it('it runs only since then, after it was killed for its memory: likely down, with its limit and its log', () => {
    const killed = { restartCount: 3, terminatedReason: 'OOMKilled', exitCode: 137, memoryLimit: '64Mi' };
    const pods = running({ ...killed, startedAt: NOW + 5000 });
    const result = check(backed({ pods }), { registryAccess: access(attempt(anyone, found)) });
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain('3 restarts, last ended OOMKilled (exit code 137; its memory limit is 64Mi)');
    expect(result).toMatchObject({
      findings: [
        {
          alternatives: ['connection-refused'],
          commands: ['kubectl logs -n cortex-chat docker-registry-6c8f-abcde -c registry --previous --tail=50'],
        },
      ],
    });
    expect(JSON.stringify(result)).not.toContain('"ruledOut":[{"cause":"registry-down"');
  });

  it('is not said where the bot is not answered now either', () => {
    const pods = running({ startedAt: NOW + 5000 });
    const silent = attempt(anyone, { kind: 'network', fault: 'connection-timeout', detail: 'no answer' });
    const timedOut = { pullFailure: observed(failure('connection-timeout')), registryAccess: access(silent) };
    expect(check(backed({ pods }), timedOut).verdict).toBe('pass');
  });

  it('it ends again and again while it counts as ready', () => {
    const pods = running({ restartCount: 7, terminatedReason: 'Error', exitCode: 1, startedAt: NOW - 9000 });
    const result = check(backed({ pods }));
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain('away again and again');
  });

  it('is not said where one backend ran all the time', () => {
    const old = aRegistryPod({
      name: 'docker-registry-6c8f-older',
      containers: [aRunningContainer({ startedAt: NOW - 900_000 })],
    });
    const fresh = aRegistryPod({ containers: [aRunningContainer({ startedAt: NOW + 5000 })] });
    const result = check(backed({ pods: observed([old, fresh]) }), {
      registryAccess: access(attempt(anyone, found)),
    });
    expect(result.verdict).toBe('pass');
  });
});

describe('the node failed on somebody else than the registry', () => {
  const atTokenServer =
    'failed to authorize: failed to fetch anonymous token: Get "https://auth.example.com/token?scope=x": dial tcp 10.0.0.9:443: connect: connection refused';
  const tokenServerDown = observed(
    failure('connection-refused', { ...at('auth.example.com'), message: atTokenServer }),
  );

  it('the token server is down: the registry’s Service is not blamed, whose ready backend gave the challenge', () => {
    const challenged = attempt(anyone, refusedConnection, {
      challenge: { scheme: 'bearer', realm: 'https://auth.example.com/token' },
    });
    const pods = running({ restartCount: 7, terminatedReason: 'Error', exitCode: 1, startedAt: NOW - 9000 });
    const met = { registryAccess: access(challenged) };
    for (const seen of [backed(), backed({ pods })]) {
      expect(check(seen, met).verdict).toBe('pass');
      expect(check(seen, { ...met, pullFailure: tokenServerDown }).verdict).toBe('pass');
    }
    const down = backed({ endpoints: observed([]), pods: observed([]) });
    expect(check(down, met)).toMatchObject({
      verdict: 'inconclusive',
      note: expect.stringContaining('Yet it answered'),
    });
  });

  it('by the node’s words alone: nothing behind the Service is no more than likely what it suffers from', () => {
    const down = backed({ endpoints: observed([]), pods: observed([]) });
    const result = check(down, { pullFailure: tokenServerDown });
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain('The node’s own words are about auth.example.com');
    expect(check(backed(), { pullFailure: tokenServerDown }).verdict).toBe('pass');
  });

  it('a name that its node knows under another address is not the Service of that name', () => {
    const host = 'registry.infra:5000';
    const named = { host, route: 'name', service: aService({ name: 'registry', namespace: 'infra' }) } as const;
    const down = backed({ ...named, endpoints: observed([]), pods: observed([]) });
    const told = (address: string) => {
      const message = `failed to do request: dial tcp ${address}: connect: connection refused`;
      return { pullFailure: observed(failure('connection-refused', { ...at(address), message })) };
    };
    expect(firstFinding(check(down, told('172.18.0.5:5000')))).toBe('registry-down likely');
    expect(firstFinding(check(down, told('10.43.170.72:5000')))).toBe('registry-down certain');
  });

  it('a port that the Service lacks is not why another host was not reached', () => {
    const { port: _port, ...rest } = backed();
    const seen = { ...rest, port: undefined };
    expect(firstFinding(check(seen))).toBe('connection-refused certain');
    expect(check(seen, { pullFailure: tokenServerDown }).verdict).toBe('inconclusive');
  });

  it('nor is the Service’s name what could not be resolved', () => {
    const named = backed({ host: 'docker-registry.cortex-chat.svc:5000', route: 'name' });
    const message = 'Get "https://auth.example.com/token": dial tcp: lookup auth.example.com: no such host';
    const unresolved = observed(failure('dns-failure', { ...at('auth.example.com'), message }));
    expect(check(named, { pullFailure: unresolved }).verdict).toBe('pass');
  });
});

describe('a node port on the node’s own loopback', () => {
  const port = { name: 'http', port: 5000, nodePort: 30_500 };
  const seen = backed({ host: 'localhost:30500', route: 'node-port', port, service: aService({ ports: [port] }) });

  it('is not blamed where the backend itself began only after the node had failed', () => {
    expect(firstFinding(check({ ...seen, pods: running({ startedAt: NOW + 5000 }) }))).toBe('registry-down likely');
  });

  it('is not blamed where the Service sends on to a port that the container does not declare', () => {
    const endpoints = observed([anEndpoint({ ports: [{ name: 'http', port: 5001 }] })]);
    const result = check({ ...seen, endpoints, pods: running({ ports: [{ name: 'http', port: 5000 }] }) });
    expect(firstFinding(result)).toBe('connection-refused certain');
    expect(result.note).toContain('sends on to port 5001');
    expect(result.note).not.toContain('kube-proxy');
  });

  it('is refused there although the registry is up: certain, and how nodes reach it', () => {
    const result = check(seen);
    expect(firstFinding(result)).toBe('connection-refused certain');
    expect(result.note).toContain('kube-proxy serves node ports there only in iptables mode');
    expect(result.note).toContain('10.43.170.72:5000');
  });

  it('is registry-down where nothing stands behind it', () => {
    expect(firstFinding(check({ ...seen, endpoints: observed([]), pods: observed([]) }))).toBe('registry-down certain');
  });
});

describe('a ready registry that answers with errors', () => {
  const error = { pullFailure: observed(failure('registry-error')) };

  it('is certain where the bot is answered the same: its log, and neither tag nor credentials', () => {
    const registryAccess = access(attempt(anyone, { kind: 'server-error', status: 500, message: 'unknown error' }));
    const { cause, confidence, summary } = verdictOf(story(backed(), { ...error, registryAccess }));
    expect([cause, confidence]).toEqual(['registry-error', 'certain']);
    expect(summary).toContain('HTTP 500');
    expect(check(backed(), { ...error, registryAccess })).toMatchObject({
      findings: [{ commands: ['kubectl logs -n cortex-chat docker-registry-6c8f-abcde --tail=50'] }],
    });
  });

  it('is likely by the node’s words alone', () => {
    const registryAccess = access(attempt(anyone, { kind: 'refused', reason: 'loopback' }));
    expect(firstFinding(check(backed(), { ...error, registryAccess }))).toBe('registry-error likely');
  });
});

describe('a mirror inside the cluster', () => {
  const mirrorOf = 'registry.example.com';

  it('that is down is told as the mirror of a registry, and never certain', () => {
    const seen: RegistryService = { ...backed({ endpoints: observed([]), pods: observed([]) }), mirrorOf };
    const result = check(seen);
    expect(firstFinding(result)).toBe('registry-down likely');
    expect(result.note).toContain(REGISTRY);
    expect(result).toMatchObject({ findings: [{ detail: { mirror: REGISTRY, registry: mirrorOf } }] });
    expect(JSON.stringify(result)).toContain('The node asked it as a mirror of registry.example.com.');
  });

  it('is down also where the registry itself answered the bot', () => {
    const seen: RegistryService = { ...backed({ endpoints: observed([]), pods: observed([]) }), mirrorOf };
    const answered = { registryAccess: access(attempt(anyone, found)) };
    expect(firstFinding(check(seen, answered))).toBe('registry-down likely');
  });

  it('that answers with errors is not taken for the registry it stands for, whose errors the bot met', () => {
    const refused = { kind: 'server-error', status: 500, message: 'unknown error' } as const;
    const result = check(
      { ...backed(), mirrorOf },
      { pullFailure: observed(failure('registry-error')), registryAccess: access(attempt(anyone, refused)) },
    );
    expect(firstFinding(result)).toBe('registry-error likely');
    expect(JSON.stringify(result)).not.toContain('The bot is answered the same');
  });

  it('that is up clears nobody', () => {
    const reset = { pullFailure: observed(failure('connection-reset')) };
    expect(check({ ...backed(), mirrorOf }, reset)).not.toHaveProperty('ruledOut');
  });
});
