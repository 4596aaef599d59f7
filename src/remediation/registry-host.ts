/** One name for one registry: Docker Hub has several hosts, and people write any of them. */

const HUB = new Set([
  'docker.io',
  'index.docker.io',
  'registry-1.docker.io',
  'registry.hub.docker.com',
  'hub.docker.com',
]);

/** `https://index.docker.io/v1/` -> `docker.io`; `https://ghcr.io/org` -> `ghcr.io`; as `parseReference` names an image's registry. */
export function registryHost(text: string): string {
  const host = (text.replace(/^https?:\/\//i, '').split('/', 1)[0] ?? '').toLowerCase();
  return HUB.has(host) ? 'docker.io' : host;
}
