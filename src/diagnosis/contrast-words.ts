/** What the contrast with other pods narrows a failure down to, and who should look. Never more than the pods show. */
import { formatTime } from '../clock.ts';
import type { Axis, Contrast, FailingPod } from '../evidence/scope.ts';
import type { PullErrorKind } from '../image/pull-error.ts';
import { familyOf } from './catalogue.ts';
import type { Cause, CauseFamily, CauseInfo } from './cause.ts';
import { isMute } from './explains.ts';
import { count, list, minuteOf, tidy } from './words.ts';

export interface Narrowed {
  readonly to: 'node' | 'secret' | 'image' | 'workload' | 'registry' | 'open';
  /** A sentence without its full stop. */
  readonly note: string;
  /** Who should look; absent where the contrast does not tell. */
  readonly owner?: CauseInfo['owner'];
}

/** What a failing pod tells here: where its image comes from, with which Secrets, and what its node says. */
type Said = Pick<FailingPod, 'registry' | 'kind'> & Partial<Pick<FailingPod, 'namespace' | 'secrets' | 'workload'>>;

/** Everything that the readings below look at. */
interface Field {
  readonly contrast: Contrast;
  readonly registry: Axis;
  readonly image: Axis | undefined;
  readonly secrets: readonly Axis[];
  /** The failing pods of this registry. */
  readonly stuck: readonly Said[];
  /** What their nodes say, where they give a reason. */
  readonly kinds: readonly PullErrorKind[];
  /** `3 other pods pulled from ghcr.io since …` */
  readonly others: string;
}

const OPEN: Narrowed = { to: 'open', note: '' };

/** The narrowest reading that the pods allow; `open` where nothing has been pulled since that would tell. `failing`: what each node says. */
export function narrow(contrast: Contrast, failing: readonly Said[] = []): Narrowed {
  const axis = (by: Axis['by']) => contrast.axes.find((one) => one.by === by);
  const registry = axis('registry');
  if (registry === undefined) return OPEN;
  const since = contrast.since === undefined ? '' : ` since ${minuteOf(formatTime(contrast.since))}`;
  const stuck = failing.filter((pod) => pod.registry === registry.value);
  const field: Field = {
    contrast,
    registry,
    image: axis('image'),
    secrets: contrast.axes.filter(({ by }) => by === 'secret'),
    stuck,
    kinds: stuck.map(({ kind }) => kind).filter((kind) => !isMute(kind)),
    others: `${count(registry.pulledSince, 'other pod')} pulled from ${registry.value}${since}`,
  };
  return registry.pulledSince === 0 ? alike(field) : apart(field);
}

/** Contrasts that say something about a cause: what is missing from a registry is missing for everybody. */
const TELLING: ReadonlySet<CauseFamily> = new Set<CauseFamily>(['reachability', 'registry', 'credentials']);

/** The reading where it bears on this cause: Secret, image and workload only where a login is at fault, node and registry only where none is. */
export function narrowedFor(cause: Cause, contrast: Contrast, failing: readonly Said[]): Narrowed {
  const family = familyOf(cause);
  if (!TELLING.has(family)) return OPEN;
  const found = narrow(contrast, failing);
  const isOfWay = found.to === 'node' || found.to === 'registry';
  return found.to === 'open' || isOfWay === (family === 'credentials') ? OPEN : found;
}

/** Others have pulled from the registry since. */
function apart(field: Field): Narrowed {
  const { registry, image, others, contrast } = field;
  // One image on one node says nothing about the node: it may be the image.
  const isSeveral = registry.images > 1 || (image?.pulledSince ?? 0) > 0;
  const shared = isSeveral ? nodeOrSecret(field) : undefined;
  if (shared !== undefined) return shared;
  if (image !== undefined && image.failing === registry.failing && image.pulledSince === 0) {
    const who = contrast.oneWorkload ? 'one workload' : 'one image';
    const note = `${who} fails, while ${others}; look at the image and its credentials [team that deploys]`;
    return { to: contrast.oneWorkload ? 'workload' : 'image', note, owner: 'team that deploys' };
  }
  return { to: 'open', note: `${others}, so the registry answers some of them` };
}

function nodeOrSecret(field: Field): Narrowed | undefined {
  const { registry, others, kinds } = field;
  // It answers for each of them: neither their node nor their login is in the way.
  if (kinds.length > 0 && kinds.every(isForAll)) return undefined;
  const node = oneNode(registry);
  const secret = oneSecret(field);
  if (node !== undefined && secret !== undefined && !speakOfLogin(kinds)) {
    if (kinds.length > 0) return ofNode(node, field);
    const note = `every failing pod is on node ${node} and uses Secret ${secret.value}, while ${others}: it may be either`;
    return { to: 'open', note };
  }
  if (secret !== undefined && isRefused(secret, field)) return ofSecret(secret, field);
  return node === undefined ? undefined : ofNode(node, field);
}

function oneNode({ failingOn, pulledOn }: Axis): string | undefined {
  const [node] = failingOn;
  return node === undefined || failingOn.length > 1 || pulledOn.includes(node) ? undefined : node;
}

function ofNode(node: string, { registry, others }: Field): Narrowed {
  const note = `only node ${node} fails: ${others}, on ${list(registry.pulledOn)}; look at that node [platform]`;
  return { to: 'node', note, owner: 'platform' };
}

/** Nobody pulls with it, and others pull without it. */
function oneSecret({ registry, secrets }: Field): Axis | undefined {
  const unused = secrets.filter(({ pulledSince }) => pulledSince === 0);
  const all = unused.find(({ failing }) => failing === registry.failing);
  return all ?? unused.find(({ failing, images }) => failing > 1 && images > 1);
}

/** The nodes of all that use it speak of a login, or give no reason. */
function isRefused(secret: Axis, { stuck }: Field): boolean {
  return users(secret, stuck).every(({ kind }) => isMute(kind) || familyOf(kind) === 'credentials');
}

function users({ value }: Axis, stuck: readonly Said[]): readonly Said[] {
  return stuck.filter(({ namespace = '', secrets = [] }) => secrets.some((name) => `${namespace}/${name}` === value));
}

function ofSecret(secret: Axis, field: Field): Narrowed {
  const { registry, others } = field;
  const rest = registry.failing - secret.failing;
  const note =
    rest === 0
      ? `every failing pod uses Secret ${secret.value}, while ${others} without it`
      : `all ${secret.failing} pods that use Secret ${secret.value} fail, while ${others} without it; ${count(rest, 'pod')} without it ${rest === 1 ? 'fails' : 'fail'} too`;
  return { to: 'secret', ...keeper(note, secret, field) };
}

/** A login of several workloads is nobody's own. */
function keeper(note: string, secret: Axis, { stuck }: Field): Pick<Narrowed, 'note' | 'owner'> {
  const owners = new Set(
    users(secret, stuck).flatMap(({ workload }) => (workload ? `${workload.kind}/${workload.name}` : [])),
  );
  const owner = owners.size > 1 ? 'platform' : undefined;
  const who = owner === undefined ? '' : ` [${owner}]`;
  return { note: `${note}; look at that Secret${who}`, ...(owner === undefined ? {} : { owner }) };
}

/** Nobody has pulled from it since: it may be the registry, if nothing else fails. */
function alike(field: Field): Narrowed {
  const { contrast, registry, kinds } = field;
  const past = earlier(registry.earlier, 'with its images');
  // A registry that refuses one login and has not the other's tag answers both: nothing is wrong with it.
  if (new Set(kinds.map(familyOf)).size > 1) {
    const note = `pods with images from ${tidy(registry.value)} fail in different ways (${list([...new Set(kinds)])})${past}`;
    return { to: 'open', note };
  }
  if (registry.images > 1 && kinds.length > 0 && kinds.every((kind) => familyOf(kind) === 'reference')) {
    const note = `${registry.images} images of ${tidy(registry.value)}, and it answers for each (${list([...new Set(kinds)])}): look at the names, and at what the registry holds${past}`;
    return { to: 'open', note };
  }
  const login = speakOfLogin(kinds) ? commonLogin(field) : undefined;
  if (login !== undefined) return login;
  if (contrast.unrelated > 0) {
    const note = `not ${tidy(registry.value)} alone: pods fail that share neither image, registry, Secret nor node with this one (${contrast.unrelated})${past}`;
    return { to: 'open', note };
  }
  if (registry.images < 2) return { to: 'open', note: past.replace(/^; /, '') };
  const common = kinds.length === 0 ? usedByAll(field) : undefined;
  const [use, look] =
    common === undefined ? ['', 'and the way to it'] : [`, all with Secret ${common.value}`, 'or that Secret'];
  const note = `${registry.images} images of ${tidy(registry.value)}${use}, and nobody is known to have pulled there${begun(registry)}: look at the registry ${look}${past}`;
  return { to: 'registry', note };
}

/** Every one of several pods is refused with it, and nobody is known to get in with it. */
function commonLogin(field: Field): Narrowed | undefined {
  const { registry } = field;
  const secret = usedByAll(field);
  if (secret === undefined) return undefined;
  const others = registry.earlier - secret.earlier;
  const past = `${earlier(secret.earlier, 'with it')}${others > 0 ? `; ${count(others, 'pod')} without it ${others === 1 ? 'runs' : 'run'}` : ''}`;
  const note = `all ${secret.failing} pods that use Secret ${secret.value} fail, and none was seen to pull with it${begun(secret)}`;
  const kept = keeper(note, secret, field);
  return { to: 'secret', ...kept, note: `${kept.note}${past}` };
}

/** One image of one Secret says nothing about the Secret: it may be the image. */
function usedByAll({ registry, secrets }: Field): Axis | undefined {
  return secrets.find(({ failing, images }) => failing === registry.failing && failing > 1 && images > 1);
}

/** The registry answered it, and would answer every node and login the same; what a node cannot run says something of the node. */
function isForAll(kind: PullErrorKind): boolean {
  return familyOf(kind) === 'reference' && kind !== 'platform-mismatch';
}

function speakOfLogin(kinds: readonly PullErrorKind[]): boolean {
  return kinds.length > 0 && kinds.every((kind) => familyOf(kind) === 'credentials');
}

function begun({ failingSince }: Axis): string {
  return failingSince === undefined ? '' : ` since ${minuteOf(formatTime(failingSince))}`;
}

/** Pods that run prove a pull only where it was needed since. */
function earlier(pods: number, which: string): string {
  return pods === 0 ? '' : `; ${count(pods, 'running pod')} ${which} may not have pulled since`;
}
