/** What stands before a registry of the cluster: a part of the list is none of it. */
import { describe, expect, it } from '@jest/globals';
import type { KubeClient } from '../../../src/adapters/kubernetes/client.ts';
import { listNetworkPolicies } from '../../../src/adapters/kubernetes/read/network-policies.ts';
import { listEndpoints, listServices } from '../../../src/adapters/kubernetes/read/services.ts';

const { signal } = new AbortController();
const items = [{ metadata: { name: 'a' } }];

/** A server whose list goes on after the first page, which by then has expired, or ends there. */
function client(next: string): KubeClient {
  return {
    cluster: 'test',
    send: async (_ask, { query = {} }) =>
      'continue' in query
        ? { kind: 'refused', code: 410, reason: 'Expired', message: 'too old' }
        : { kind: 'ok', body: { items, metadata: { continue: next } } },
  };
}
const askAll = (from: KubeClient) =>
  Promise.all([
    listServices(from, {}, signal),
    listEndpoints(from, 'infra', 'registry', signal),
    listNetworkPolicies(from, 'infra', signal),
  ]);

describe('Services, what is behind them and the policies before them', () => {
  it('are seen where the list is whole', async () => {
    for (const seen of await askAll(client(''))) expect(seen.status).toBe('observed');
  });

  it('are not, where only a part could be listed: the rest may be what is looked for', async () => {
    for (const seen of await askAll(client('x'))) {
      expect(seen).toEqual({ status: 'unreachable', detail: expect.stringContaining('only a part of all ') });
    }
  });
});
