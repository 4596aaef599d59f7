/** Would a node find itself among an image's platforms? As containerd's matcher decides it (containerd/platforms), where a node tells enough. */

/** `windows(10.0.20348.2227)/amd64`, `linux/arm/v7`: containerd's way of writing one. */
export interface Platform {
  readonly os: string;
  /** Windows only. */
  readonly osVersion?: string;
  readonly arch: string;
  readonly variant?: string;
}

/** What a node tells of itself; the API server knows no variant of its CPU. */
export type NodePlatform = Pick<Platform, 'os' | 'arch' | 'osVersion'>;

/** `unknown`: it depends on what the node does not tell. */
export type Fit = 'yes' | 'no' | 'unknown';

/** Half a sentence for `unknown`. */
export const OPEN = 'it is not known which variant of its CPU (or which Windows build) it runs';

/** Never fails: what is missing is empty. */
export function parsePlatform(text: string): Platform {
  const [system = '', arch = '', variant] = text.split('/', 3);
  const [, os = '', osVersion] = /^([^(]*)(?:\(([^)]*)\))?/.exec(system) ?? [];
  return {
    os,
    arch,
    ...(osVersion === undefined ? {} : { osVersion }),
    ...(variant === undefined ? {} : { variant }),
  };
}

export function formatPlatform({ os, osVersion, arch, variant }: Platform): string {
  const system = osVersion === undefined || osVersion === '' ? os : `${os}(${osVersion})`;
  return [system, arch, ...(variant === undefined || variant === '' ? [] : [variant])].join('/');
}

/** An empty list is a single manifest, which runtimes do not check. */
export function runsOn(node: NodePlatform, platforms: readonly string[]): Fit {
  if (platforms.length === 0) return 'yes';
  const fits = platforms.map((text) => fitOf(node, parsePlatform(text)));
  if (fits.includes('yes')) return 'yes';
  return fits.includes('unknown') ? 'unknown' : 'no';
}

/** CPUs that also run images of another: containerd accepts these when nothing better is listed. */
const ALSO: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };

function fitOf(node: NodePlatform, image: Platform): Fit {
  if (node.os !== image.os) return 'no';
  if (node.arch !== image.arch) {
    return Object.hasOwn(ALSO, node.arch) && ALSO[node.arch] === image.arch ? systemFit(node, image) : 'no';
  }
  const [cpu, system] = [cpuFit(image), systemFit(node, image)];
  if (cpu === 'no' || system === 'no') return 'no';
  return cpu === 'unknown' || system === 'unknown' ? 'unknown' : 'yes';
}

/** The variant of an image for the node's own architecture. */
function cpuFit({ arch, variant = '' }: Platform): Fit {
  // Version 8 and no version are one thing, and every 64-bit ARM has it.
  if (arch === 'arm64') return variant === '' || variant === 'v8' ? 'yes' : 'unknown';
  // An image for version 6 runs on 6 and 7; the node may be either. No version means 7.
  if (arch === 'arm') return variant === 'v5' ? 'yes' : 'unknown';
  return variant === '' || variant === 'v1' ? 'yes' : 'unknown';
}

/** The first build on which containers of an older one may run (learn.microsoft.com, Windows container version compatibility). */
const STABLE_BUILD = 20_348;

/** Windows shares its kernel with its containers: the builds must be the same, but for newer nodes, where the runtime decides. */
function systemFit(node: NodePlatform, image: Platform): Fit {
  if (node.os !== 'windows' || image.osVersion === undefined || image.osVersion === '') return 'yes';
  const [host, wanted] = [buildOf(node.osVersion), buildOf(image.osVersion)];
  if (host === undefined || wanted === undefined) return 'unknown';
  if (host === wanted) return 'yes';
  return wanted >= STABLE_BUILD && host > wanted ? 'unknown' : 'no';
}

/** `10.0.20348.2227` -> 20348. */
function buildOf(version: string | undefined): number | undefined {
  const build = /^\d+\.\d+\.(\d{1,9})(?:\.|$)/.exec(version ?? '')?.[1];
  return build === undefined ? undefined : Number(build);
}
