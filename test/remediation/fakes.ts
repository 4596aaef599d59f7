/** A writer that keeps what it is told, beside the readers of `test/support`. */
import { observed } from '../../src/evidence/observation.ts';
import type { ClusterReader } from '../../src/evidence/ports.ts';
import type { RegistryCredential } from '../../src/evidence/registry-access.ts';
import type { SecretSnapshot } from '../../src/evidence/snapshots.ts';
import type { ClusterWriter, RemedyPorts, SecretContent, WriteResult } from '../../src/remediation/ports.ts';
import { Sealed } from '../../src/sealed.ts';
import { type ClusterStory, fakeCluster, fakeRegistry } from '../support/readers.ts';

export const signal = new AbortController().signal;

export interface FakePorts extends RemedyPorts {
  /** Applied writes: `update regcred`, `delete api-1`. */
  readonly writes: readonly string[];
  /** The Secret as it stands. */
  secret(name: string): SecretSnapshot | undefined;
  /** The next answer of a verb, once; `thenDo`: it is written all the same, as when only the answer is lost. */
  instead: Partial<Record<keyof ClusterWriter, { readonly answer: WriteResult; readonly thenDo?: boolean }>>;
}

/** `login`: the configured new credential; the registry takes `new` and refuses every other password. */
export function fakePorts(
  story: ClusterStory,
  login?: { readonly username: string; readonly password: string },
): FakePorts {
  const secrets = new Map(story.secrets.map((secret) => [secret.name, secret]));
  const writes: string[] = [];
  let version = 100;
  function done(verb: 'patch' | 'create' | 'delete', kind: string, name: string): WriteResult {
    writes.push(`${verb} ${name}`);
    return { kind: 'done', receipt: { verb, object: `${kind}/${name}`, namespace: 'staging' } };
  }
  function store({ annotations: _none, ...content }: SecretContent, before?: SecretSnapshot): void {
    version += 1;
    const data = { ...before?.data, ...content.data };
    secrets.set(content.name, { ...before, ...content, data, resourceVersion: String(version) });
  }
  const changed: WriteResult = { kind: 'changed', reason: 'changed since it was read' };
  function answer(verb: keyof ClusterWriter, mode: string, act: () => WriteResult): WriteResult {
    const instead = mode === 'apply' ? ports.instead[verb] : undefined;
    if (mode === 'dry-run') return { kind: 'done', receipt: { verb: 'patch', object: 'x', namespace: 'staging' } };
    delete ports.instead[verb];
    if (!instead) return act();
    if (instead.thenDo) act();
    return instead.answer;
  }
  const base = fakeCluster(story);
  const reader: ClusterReader = {
    ...base,
    secret: async (_namespace, name) => {
      const found = secrets.get(name);
      return found ? observed(found) : { status: 'absent' };
    },
  };
  const accepts = ({ password }: Extract<RegistryCredential, { kind: 'password' }>) => password.reveal() === 'new';
  const ports: FakePorts = {
    writes,
    instead: {},
    secret: (name) => secrets.get(name),
    reader,
    registry: fakeRegistry((credential) =>
      credential.kind === 'password' && accepts(credential)
        ? { kind: 'found', manifest: { digest: 'sha256:0', mediaType: 'x', platforms: [], manifests: [] } }
        : { kind: 'unauthorized', at: 'manifest', code: 'UNAUTHORIZED', message: 'no' },
    ),
    credentials: {
      credentialFor: async () =>
        login && {
          kind: 'password',
          origin: 'new',
          source: 'variable NEW',
          username: login.username,
          password: new Sealed(login.password),
        },
    },
    now: () => '2026-01-01T00:00:00Z',
    writer: {
      restartWorkload: async (workload, _version, _at, mode) =>
        answer('restartWorkload', mode, () => done('patch', 'deployment', workload.name)),
      setImage: async (workload, { image }, _version, mode) =>
        answer('setImage', mode, () => done('patch', 'deployment', `${workload.name} ${image}`)),
      updateSecret: async (secret, expected, mode) => {
        const before = secrets.get(secret.name);
        if (before?.resourceVersion !== expected) return changed;
        return answer('updateSecret', mode, () => {
          store(secret, before);
          return done('patch', 'secret', secret.name);
        });
      },
      createSecret: async (secret, mode) => {
        if (secrets.has(secret.name)) return { kind: 'changed', reason: 'exists already' };
        return answer('createSecret', mode, () => {
          store(secret);
          return done('create', 'secret', secret.name);
        });
      },
      deleteSecret: async (_namespace, name, mode) => {
        if (!secrets.has(name)) return changed;
        return answer('deleteSecret', mode, () => {
          secrets.delete(name);
          return done('delete', 'secret', name);
        });
      },
      deletePod: async (_namespace, name, _uid, mode) => answer('deletePod', mode, () => done('delete', 'pod', name)),
    },
  };
  return ports;
}
