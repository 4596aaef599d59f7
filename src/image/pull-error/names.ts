/** Which image, host and runtime a message speaks of, as its text has them. */
import { type RegistryKind, registryKind } from '../registry.ts';

/** Where an image is named, outermost first: the kubelet's own words, then the runtime's. */
const IMAGE_PLACES: readonly RegExp[] = [
  /(?:pull|pulling|inspect|sandbox|unpack|Container|from|resolve) image:?\s{1,8}"([^"\s]{1,1024})"/i,
  /(?:PullImage|ImageStatus|image reference|resolve reference|image tag|image|converter for) "([^"\s]{1,1024})"/i,
  /\bimage="([^"\s]{1,1024})"/,
  /failed to pull image \[([^\]\s"]{1,1024})\]/i,
  /image pull failed for ([^\s",]{1,1024}),/i,
  /trying to pull ([\w.-]+(?::\d+)?\/[^\s"]{1,1024}?)\.{3}/i,
  /failed to pull image ([^\s":[]+\/[^\s",]{1,1024}?):? /i,
  /\bimage ([\w.-]+[^\s"',]{0,1024}) not found/i,
  /manifest for ([^\s"]{1,1024}) not found/i,
  /(?:pull access denied for|repository) ([^\s",]{1,1024}?)(?:,| not found)/i,
  /pulling image ([^\s"]{1,1024}) because/i,
  /failed to solve: ([^\s"]{1,1024}): /i,
  /manifest \S{1,256} in ([^\s":]+(?::\d+\/)?[^\s":]{1,1024})/i,
  /(?<!\+)docker:\/\/([^\s"]{1,1024}?):? /i,
  /(?:^|[\s:])([\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+)?(?:@sha256:\w+)?): (?:not found|unauthorized|reading manifest)/i,
];

/** The image as the text has it, or null. */
export function imageIn(text: string): string | null {
  for (const place of IMAGE_PLACES) {
    const found = place.exec(text)?.[1];
    if (found) return found;
  }
  return null;
}

/** A word that is always there (in lower case: Go's and containers/image's own spelling), and where the host stands. */
const HOST_PLACES: readonly (readonly [string, RegExp])[] = [
  ['lookup ', /\blookup ([a-z0-9][\w.-]{0,253})/gi],
  ['pulling from host', /pulling from host ([\w.-]+(?::\d+)?)/gi],
  ['pinging ', /pinging (?:container|docker) registry ([\w.-]+(?::\d+)?)/gi],
  ['dial ', /\bdial (?:tcp|udp) (\[[\w:.]+\]:\d+|\w[\w.-]*:\d+)/gi],
  ['manifest ', /manifest \S{1,256} in ([\w.-]+\.[\w.-]+(?::\d+)?)\//gi],
];

/** The host that failed: of the last URL, else of the look-up or dial, else of the image's registry. `urls` are those of one error. */
export function hostIn(text: string, urls: readonly { readonly host: string }[], image: string | null): string | null {
  const proxy = !text.includes('proxyconnect')
    ? undefined
    : /proxyconnect tcp: (?:dial tcp:? )?(?:lookup )?(\[[\w:.]+\]:\d+|[\w.-]+(?::\d+)?)/i.exec(text)?.[1];
  if (proxy !== undefined && proxy !== 'tls') return proxy;
  const url = urls.at(-1)?.host;
  if (url) return url;
  for (const [word, place] of HOST_PLACES) {
    if (!text.includes(word)) continue;
    const found = [...text.matchAll(place)].at(-1)?.[1];
    if (found) return found;
  }
  return image === null ? null : domainOf(image);
}

/** The first part of a reference when it is a host. */
function domainOf(image: string): string | null {
  const bare = image.replace(/^[a-z]{2,8}:\/\//i, '');
  const slash = bare.indexOf('/');
  if (slash <= 0) return null;
  const first = bare.slice(0, slash);
  if (first.startsWith('.') || !/[a-z0-9]/i.test(first)) return null;
  return first === 'localhost' || first.includes('.') || first.includes(':') ? first : null;
}

/** The registry's kind: the image's own host tells it better than a blob or proxy host. */
export function registryIn(
  image: string | null,
  urls: readonly { readonly host: string }[],
  host: string | null,
): RegistryKind | null {
  let told = false;
  for (const one of new Set([image === null ? null : domainOf(image), ...urls.map((url) => url.host), host])) {
    if (one === null) continue;
    const kind = registryKind(one);
    if (kind !== 'plain') return kind;
    told = true;
  }
  if (told) return 'plain';
  if (image !== null && /^[0-9a-f]{12,64}$/.test(image)) return null;
  return image !== null && /^[a-z0-9][\w.-]*(?:\/[\w.-]+)*(?:[:@]|$)/.test(image) ? 'docker-hub' : null;
}

const RUNTIMES: readonly (readonly [string, RegExp])[] = [
  [
    'docker',
    /error response from daemon|error pulling image configuration|failed to register layer|not continuing with pull|trying to pull repository|api error \(\d|http\+docker|\bdocker daemon|'docker login'|manifest list entries|\/var\/lib\/docker/i,
  ],
  ['podman', /unable to pull \S+: unable to pull image|^Error: initializing source|\bpodman\b/],
  [
    'cri-o',
    /initializing source|pinging container registry|pinging docker registry|reading manifest|copying system image|writing blob|source image rejected|short-name|short name mode|containers\/storage|container_images_storage|OCI artifact|locating (?:image|item)|image not known/i,
  ],
  [
    'containerd',
    /pull and unpack image|resolve reference|failed to resolve image|httpReade?r?Seeker|snapshotter|\bctr:|containerd|image config descriptor|failed commit on ref|status from (?:HEAD|GET) request|failed to authorize|failed to get sandbox image|failed to extract layer|no match for platform in manifest|may require authorization/i,
  ],
];

/** The runtime whose words these are, or null. */
export function runtimeIn(text: string): string | null {
  return RUNTIMES.find(([, words]) => words.test(text))?.[0] ?? null;
}
