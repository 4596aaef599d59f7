/** `pullcheck credentials`: from a cluster's service account, or from Secret manifests that are not applied yet. */
import { readFileSync } from 'node:fs';
import type { CredentialsReport, ReadFlags } from '../adapters/terminal/commands.ts';
import { UnreachableError, UsageError } from '../errors.ts';
import { describeGap, type Observation } from '../evidence/observation.ts';
import { credentialsView } from '../image/credentials-view.ts';
import { lookupCredentials } from '../image/keyring.ts';
import { readSecretManifests } from '../image/secret-manifests.ts';
import type { Outside } from './outside.ts';

interface ClusterInput extends ReadFlags {
  readonly image: string;
  readonly serviceAccount?: string;
}

export const credentialsOf = {
  /** Attached in the order given. Throws UsageError for a file that cannot be used. */
  files(image: string, files: readonly string[]): CredentialsReport {
    const secrets = files.flatMap((file) => readSecretManifests(textOf(file), file));
    return credentialsView(lookupCredentials(image, secrets));
  },

  /** As a new pod of that service account would bring them. A Secret that does not exist is skipped, as the kubelet does. */
  async cluster(input: ClusterInput, outside: Outside): Promise<CredentialsReport> {
    const { cluster } = outside.readers(undefined, { count: () => undefined });
    const namespace = input.namespace ?? outside.namespace;
    const name = input.serviceAccount ?? 'default';
    const account = await cluster.serviceAccount(namespace, name, input.signal);
    if (account.status === 'absent') {
      throw new UsageError({
        code: 'no-such-target',
        message: `There is no service account ${name} in namespace ${namespace}.`,
      });
    }
    const { imagePullSecrets } = need(`serviceaccount/${name}`, account);
    const secrets = [];
    const missing = [];
    for (const secret of imagePullSecrets) {
      const seen = await cluster.secret(namespace, secret, input.signal);
      if (seen.status === 'absent')
        missing.push({ secret, entry: null, reason: `does not exist in namespace ${namespace}` });
      else secrets.push(need(`secret/${secret}`, seen));
    }
    const view = credentialsView(lookupCredentials(input.image, secrets));
    return { ...view, ignored: [...view.ignored, ...missing] };
  },
};

function need<T>(what: string, seen: Observation<T>): T {
  if (seen.status === 'observed') return seen.value;
  throw new UnreachableError({
    code: seen.status === 'forbidden' ? 'forbidden' : 'cluster-unreachable',
    message: describeGap(what, seen),
  });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError({ code: 'file-unreadable', message: `${file} cannot be read.`, cause: error });
  }
}
