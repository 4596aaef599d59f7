/** Registry hosts that one may be typed for the other: a slip or two, labels in another order, one too many, another port. Pure. */
import { isIP } from 'node:net';
import { hostPort } from './host-port.ts';
import { editDistance } from './tag-distance.ts';

/** Public registries that people type by heart. */
export const WELL_KNOWN: readonly string[] = [
  'docker.io',
  'gcr.io',
  'ghcr.io',
  'mcr.microsoft.com',
  'public.ecr.aws',
  'quay.io',
  'registry.gitlab.com',
  'registry.k8s.io',
];

/** Shorter names are too alike for two slips to mean anything. */
const LONG_ENOUGH = 8;
const SHORTEST = 5;

/** Both as references write them, `host` or `host:port`. false for a host and itself. */
export function isNearHost(typed: string, known: string): boolean {
  const [mine, other] = [hostPort(typed), hostPort(known)];
  if (mine.name === other.name) return mine.port !== other.port;
  // Neighbouring addresses are different machines.
  if (isIP(mine.name) !== 0 || isIP(other.name) !== 0) return false;
  return isSlip(mine.name, other.name) || sameLabels(mine.name.split('.'), other.name.split('.'));
}

function isSlip(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  if (shorter < SHORTEST) return false;
  const most = shorter < LONG_ENOUGH ? 1 : 2;
  return editDistance(a, b, most) !== undefined || isSwapped(a, b);
}

/** Two neighbours in each other's place. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return `${a.slice(0, at)}${a[at + 1] ?? ''}${a[at] ?? ''}${a.slice(at + 2)}` === b;
}

/** The same labels in another order, or all of them and one more; one label alone is shared by too many. */
function sameLabels(a: readonly string[], b: readonly string[]): boolean {
  const [fewer, more] = a.length <= b.length ? [a, b] : [b, a];
  if (fewer.length < 2 || more.length - fewer.length > 1) return false;
  const left = fewer.reduce((rest, label) => without(rest, label), more);
  return left.length === more.length - fewer.length;
}

function without(labels: readonly string[], label: string): readonly string[] {
  const at = labels.indexOf(label);
  return at < 0 ? labels : labels.toSpliced(at, 1);
}
