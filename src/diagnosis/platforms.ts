/** Would a node of this kind find itself in an image index? */
import type { NodeSnapshot } from '../evidence/snapshots.ts';

/** CPUs that also run images of another: containerd accepts these when nothing better is listed (platforms/compare.go). */
const ALSO: Readonly<Record<string, readonly string[]>> = { amd64: ['386'], arm64: ['arm'] };

/** `platforms` as `os/arch[/variant]`; an empty list is a single manifest, which runtimes do not check. */
export function runsOn(node: Pick<NodeSnapshot, 'os' | 'arch'>, platforms: readonly string[]): boolean {
  if (platforms.length === 0) return true;
  const also = Object.hasOwn(ALSO, node.arch) ? (ALSO[node.arch] ?? []) : [];
  const wanted = [node.arch, ...also].map((arch) => `${node.os}/${arch}`);
  return platforms.some((platform) => wanted.includes(platform.split('/').slice(0, 2).join('/')));
}
