/** Why an entry does not serve an image, in plain words with what to write instead. Never decides anything: the match does. */
import type { Mismatch } from './keyring-match.ts';
import { splitHost } from './keyring-url.ts';

/** Names people write for Docker Hub that the kubelet takes for other registries. */
const HUB_LOOKALIKES = new Set([
  'registry-1.docker.io',
  'hub.docker.com',
  'registry.hub.docker.com',
  'docker.com',
  'www.docker.com',
]);

/**
 * Was an entry that does not match written for this image's registry? Its host is the same but for capitals, scheme, port or one of
 * Docker Hub's other names. An entry for other repositories of that registry is none.
 */
export function isMeantFor(entry: string, repository: string): boolean {
  const [host = '', ...path] = entry
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/^[^/?#]*@/, '')
    .toLowerCase()
    .split('/');
  const scoped = path.join('/');
  if (scoped !== '' && !/^v[12]?$/.test(scoped) && !/[*]|\/$/.test(scoped)) return false;
  return plainHost(host) === plainHost(repository.slice(0, repository.indexOf('/')).toLowerCase());
}

function plainHost(host: string): string {
  const name = host.replace(/:(?:\d+|\*)$/, '');
  return HUB_LOOKALIKES.has(name) || name === 'index.docker.io' ? 'docker.io' : name;
}

/** `key` is the entry's key after the kubelet's clean-up; `repository` the image's full name. */
export function reasonFor(entry: string, key: string, repository: string, why: Exclude<Mismatch, null>): string {
  const host = repository.slice(0, repository.indexOf('/'));
  const [keyHost = '', ...path] = key.split('/');
  if (why === 'unparsable') return unparsable(entry);
  if (/^https?:\/\//i.test(entry) && !/^https?:\/\//.test(entry))
    return `its scheme is in capitals, so it matches nothing; write "${host}"`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(entry) && !/^https?:\/\//.test(entry)) {
    return `the kubelet knows no scheme but http and https, so it matches nothing; write "${host}"`;
  }
  if (HUB_LOOKALIKES.has(keyHost.toLowerCase()) && host === 'docker.io') {
    return 'the kubelet does not take this host for Docker Hub; write "https://index.docker.io/v1/" or "docker.io"';
  }
  if (keyHost === 'index.docker.io' && host === 'docker.io') {
    return `"/${path.join('/')}" without a slash at the end is read as a repository; write "https://index.docker.io/v1/" or "docker.io"`;
  }
  if (why === 'path') return pathReason(path.join('/'), keyHost, repository);
  if (why === 'port') return portReason(host);
  if (keyHost.toLowerCase() === host.toLowerCase()) return `hosts are compared with their capitals; write "${host}"`;
  if (keyHost.includes('*') && splitHost(keyHost).parts.length !== splitHost(host).parts.length) {
    return `a "*" stands for one part of a host name only, and "${host}" has ${splitHost(host).parts.length} parts; write "${host}"`;
  }
  return `it is for another registry; the image is on "${host}"`;
}

function unparsable(entry: string): string {
  return /:[\d*]*\*[\d*]*(?:\/|$)/.test(entry)
    ? 'a port cannot be a pattern; write the port itself'
    : 'it cannot be parsed as a host with an optional path; write the registry host only';
}

function pathReason(path: string, keyHost: string, repository: string): string {
  if (/^v[12]$/.test(path)) return `"/${path}" without a slash at the end is read as a repository; write "${keyHost}"`;
  if (path.includes('*')) return `a path is compared literally, "*" included; write "${keyHost}"`;
  if (path.endsWith('/') && `${repository}/`.endsWith(`/${path}`))
    return `the slash at its end keeps it from matching; write "${keyHost}/${path.slice(0, -1)}"`;
  return `it is only for repositories beginning with "${keyHost}/${path}"`;
}

function portReason(host: string): string {
  const { port } = splitHost(host);
  return port === ''
    ? `it names a port and the image does not (":443" counts as different too); write "${host}"`
    : `its port is not the image's; write "${host}"`;
}
