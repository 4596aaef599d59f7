/** What containerd 2 says when a pull fails; observed on a real kubelet 1.36. */

/** The host of an image as the runtime would ask it; short names mean Docker Hub. */
function hostOf(image: string): string {
  const first = image.split('/', 1)[0] ?? '';
  return image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'registry-1.docker.io';
}

function manifestUrl(image: string): string {
  const path = image.slice(image.indexOf('/') + 1).replace(/@.*$/, '');
  const tag = /:([^/:]+)$/.exec(path)?.[1] ?? 'latest';
  return `https://${hostOf(image)}/v2/${path.replace(/:[^/:]+$/, '')}/manifests/${tag}`;
}

function unpack(image: string, why: string): string {
  return `failed to pull and unpack image "${image}": failed to resolve image: ${why}`;
}

/** Messages of the runtime by what the registry did, for a `pull` callback to answer with. */
export const runtimeTexts = {
  notFound: (image: string) => `rpc error: code = NotFound desc = ${unpack(image, `${image}: not found`)}`,
  unauthorized: (image: string) =>
    unpack(image, `unexpected status from HEAD request to ${manifestUrl(image)}: 401 Unauthorized`),
  forbidden: (image: string) =>
    unpack(image, `unexpected status from HEAD request to ${manifestUrl(image)}: 403 Forbidden`),
  serverError: (image: string, status: number, text: string) =>
    unpack(image, `unexpected status from HEAD request to ${manifestUrl(image)}: ${status} ${text}`),
  /** `address` is `IP:PORT`. */
  refused: (image: string, address: string) =>
    unpack(
      image,
      `failed to do request: Head "${manifestUrl(image)}": dial tcp ${address}: connect: connection refused`,
    ),
  noSuchHost: (image: string) => {
    const host = hostOf(image).replace(/:\d+$/, '');
    return unpack(image, `failed to do request: Head "${manifestUrl(image)}": dial tcp: lookup ${host}: no such host`);
  },
} as const;
