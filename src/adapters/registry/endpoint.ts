/** Where a registry's API is and how it is reached. */
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { ConfigError, errorLine } from '../../errors.ts';
import { apiHost } from '../../image/reference.ts';

/** What the configuration says of one registry. */
export interface RegistryConfig {
  /** As images name it: `ghcr.io`, `registry.shop.local:5000`, `docker.io`. */
  readonly host: string;
  /** true: http. false: https also on localhost. Absent: https, but http on localhost without a CA, as containerd does. */
  readonly plainHttp?: boolean;
  /** PEM file of a private CA, trusted for this registry besides the usual ones. */
  readonly caFile?: string;
  /** The same as text. */
  readonly ca?: string;
  /** A GET of a manifest counts against a quota, so HEAD is asked first. Default: true for Docker Hub only. */
  readonly countsPulls?: boolean;
}

export interface Endpoint {
  /** Host and port as asked. */
  readonly host: string;
  /** `https://registry-1.docker.io/`. */
  readonly base: URL;
  /** Docker Hub counts a GET of a manifest as a pull. */
  readonly countsPulls: boolean;
  /** All trusted CAs; absent: the runtime's own. */
  readonly ca?: readonly string[];
}

/** The same registry over plain http. */
export function inTheClear({ host, countsPulls }: Endpoint): Endpoint {
  return { host, countsPulls, base: new URL(`http://${host}/`) };
}

/** The endpoint of an image's registry; undefined when its host is no host. */
export function endpointOf(registry: string, config: RegistryConfig | undefined): Endpoint | undefined {
  const host = apiHost(registry);
  const ca = config?.ca ?? (config?.caFile === undefined ? undefined : readCa(config.caFile));
  const plain = config?.plainHttp ?? (ca === undefined && isLocalhost(host));
  const text = `${plain ? 'http' : 'https'}://${host}/`;
  if (!URL.canParse(text)) return undefined;
  return {
    host,
    base: new URL(text),
    countsPulls: config?.countsPulls ?? host === 'registry-1.docker.io',
    ...(ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] }),
  };
}

/** @throws ConfigError when the file cannot be read. */
function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError({
      code: 'ca-file-unreadable',
      message: `The CA file ${file} of a registry cannot be read: ${errorLine(error)}`,
      hint: 'Check caFile under registries in the configuration.',
      cause: error,
    });
  }
}

function isLocalhost(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
