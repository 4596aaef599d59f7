/** Did a node ask somebody else than the image's registry? Only what its words prove: the address of a manifest or layer that it asked for. */
import { apiHost, type ImageReference } from './reference.ts';

/** `https://HOST/v2/NAME/manifests/TAG?ns=REGISTRY`: runtimes add the registry's name where they ask a mirror (containerd, docs/hosts.md). */
const ASKED =
  /https?:\/\/([^\s/"'?@]{1,255})\/v2\/([^\s"'?]{1,512}?)\/(?:manifests|blobs)\/[^\s"'?]{1,200}(?:\?ns=([\w.:%-]{1,255}))?/g;

export interface OtherHost {
  /** With its port. */
  readonly host: string;
  /** It was asked in the registry's name; else the registry may have sent the node there. */
  readonly isMirror: boolean;
}

/** Who was asked in the registry's place; undefined: nothing shows that anybody was. */
export function mirrorIn(message: string, { registry, repository }: ImageReference): OtherHost | undefined {
  for (const [, host = '', path = '', names] of message.slice(0, 20_000).matchAll(ASKED)) {
    if (isSame(host, registry)) continue;
    // A layer may be fetched from anywhere; a name that ends like the image's, or the registry's own in `ns`, shows whom it stands for.
    const named = unescaped(names)?.replace(/[.:]+$/, '');
    const isImage = path === repository || path.endsWith(`/${repository}`);
    const isMirror = named === registry || (isImage && named === REDACTED);
    if (isMirror || isImage) return { host, isMirror };
  }
  return undefined;
}

/** containerd 2 hides what every query says (seen on 2.4); that there is a name shows a mirror. */
const REDACTED = '[REDACTED]';

/** The query writes the colon before a port as `%3A`, those of an IPv6 address too (Go's url.Values). */
function unescaped(name: string | undefined): string | undefined {
  return name?.replaceAll(/%3A/gi, ':').replaceAll(/%5B/gi, '[').replaceAll(/%5D/gi, ']');
}

function isSame(host: string, registry: string): boolean {
  const [asked, own] = [host, apiHost(registry)].map((one) => one.toLowerCase().replace(/:(?:443|80)$/, ''));
  return asked === own || (registry === 'docker.io' && /(?:^|\.)docker\.io$/.test(asked ?? ''));
}
