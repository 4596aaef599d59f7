/** `credentialSources` of pullcheck.yaml: another Secret, a file, an environment variable, Amazon ECR; read anew at every use, kept nowhere. */
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../errors.ts';
import { describeGap } from '../../evidence/observation.ts';
import type { ClusterReader } from '../../evidence/ports.ts';
import type { CredentialSource } from '../../remediation/ports.ts';
import { registryHost } from '../../remediation/registry-host.ts';
import { Sealed } from '../../sealed.ts';
import { parseCredential, type UserPassword } from './schema.ts';

export type CredentialFrom =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly secret: { readonly namespace: string; readonly name: string } }
  | { readonly ecr: { readonly region?: string | undefined } };

export interface CredentialSourceDeps {
  readonly sources: readonly { readonly registry: string; readonly from: CredentialFrom }[];
  readonly reader: Pick<ClusterReader, 'secret'>;
  readonly variable: (name: string) => string | undefined;
  /** A fresh login of a private registry of Amazon ECR. @throws ConfigError when it gives none. */
  readonly ecrLogin: (registry: string, region: string | undefined, signal: AbortSignal) => Promise<UserPassword>;
  /** Every password that is read goes here, for the log's mask. */
  readonly register: (secret: string) => void;
}

/** Reads the configured source of a registry host. */
export function createCredentialSource(deps: CredentialSourceDeps): CredentialSource {
  return {
    async credentialFor(registry, signal) {
      const source = deps.sources.find((one) => registryHost(one.registry) === registryHost(registry));
      if (!source) return undefined;
      const { name, text } = await read(source, deps, signal);
      const parsed = text === undefined ? undefined : typeof text === 'string' ? parseCredential(text, registry) : text;
      if (!parsed) {
        throw new ConfigError({
          code: 'credential-source-unreadable',
          message: `The credential source for ${registry} (${name}) is missing, or holds neither user:password nor a docker config with that host.`,
          hint: 'See credentialSources in docs/configuration.md.',
        });
      }
      deps.register(parsed.password.reveal());
      return { kind: 'password', origin: 'new', source: name, username: parsed.username, password: parsed.password };
    },
  };
}

async function read(
  { registry, from }: CredentialSourceDeps['sources'][number],
  deps: CredentialSourceDeps,
  signal: AbortSignal,
): Promise<{ name: string; text: string | UserPassword | undefined }> {
  if ('env' in from) return { name: `variable ${from.env}`, text: deps.variable(from.env) };
  if ('ecr' in from) return { name: 'Amazon ECR', text: await deps.ecrLogin(registry, from.ecr.region, signal) };
  if ('file' in from)
    return {
      name: `file ${from.file}`,
      text: await readFile(from.file, { encoding: 'utf8', signal }).catch(() => undefined),
    };
  const { namespace, name } = from.secret;
  const seen = await deps.reader.secret(namespace, name, signal);
  if (seen.status !== 'observed') {
    throw new ConfigError({
      code: 'credential-source-unreadable',
      message: describeGap(`The credential source secret/${name} in namespace ${namespace}`, seen),
    });
  }
  const { data } = seen.value;
  const user = data['username'];
  const password = data['password'];
  if (user && password) {
    const text = { username: line(user), password: new Sealed(line(password)) };
    return {
      name: `secret/${name} in ${namespace}`,
      text: text.username === '' || text.password.isEmpty ? undefined : text,
    };
  }
  return { name: `secret/${name} in ${namespace}`, text: (data['.dockerconfigjson'] ?? data['.dockercfg'])?.reveal() };
}

/** `echo secret | base64` leaves a line break that is not meant. */
function line(value: Sealed): string {
  return value.reveal().replace(/\r?\n$/, '');
}
