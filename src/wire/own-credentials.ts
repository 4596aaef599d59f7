/** The bot's own read-only credentials (`registries: credentials`), read when first needed. */
import { readFileSync } from 'node:fs';
import { parseCredential } from '../adapters/files/schema.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../errors.ts';
import type { RegistryCredential } from '../evidence/registry-access.ts';

/** undefined: none is configured for that host. Throws ConfigError when a configured one cannot be read. */
export function ownCredentials(
  config: Config,
  register: (secret: string) => void,
): (registry: string) => RegistryCredential | undefined {
  const known = new Map<string, RegistryCredential>();
  return (registry) => {
    const seen = known.get(registry);
    const from = config.file.registries.find((one) => one.host === registry)?.credentials;
    if (seen || !from) return seen;
    const name = 'env' in from ? `variable ${from.env}` : `file ${from.file}`;
    const text = 'env' in from ? config.variable(from.env) : readText(from.file);
    const parsed = text === undefined ? undefined : parseCredential(text, registry);
    if (!parsed) {
      throw new ConfigError({
        code: 'credentials-unreadable',
        message: `registries: credentials of ${registry} (${name}) are missing, or hold neither user:password nor a docker config with that host.`,
      });
    }
    register(parsed.password.reveal());
    const credential: RegistryCredential = { kind: 'password', origin: 'bot', source: "the bot's own", ...parsed };
    known.set(registry, credential);
    return credential;
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
