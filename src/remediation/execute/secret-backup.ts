/**
 * The old content of a Secret, kept beside it as `NAME-pullcheck-previous` while a rotation is being verified. In the cluster, because a
 * credential must never be in Redis, and because it must survive the death of this process. The copy also says of which version it
 * is and what is written in its place: that is how a second run after a crash knows what the first one did.
 */
import { createHash } from 'node:crypto';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import { Sealed } from '../../sealed.ts';
import type { RemedyPorts, SecretContent, WriteResult } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';
import { refusalOf } from './outcome.ts';

/** The copy's own type: the kubelet ignores it, so it can never be used for a pull by mistake. */
const TYPE = 'pullcheck.dev/previous-pull-secret';
const SUFFIX = '-pullcheck-previous';
const VERSION = 'pullcheck.copy-of-version';
const WRITTEN = 'pullcheck.written-instead';

/** The one value of a Secret that a rotation changes: other keys may be binary and are never touched. */
export interface Change {
  readonly namespace: string;
  readonly name: string;
  /** Of the Secret before. */
  readonly resourceVersion: string;
  readonly key: string;
  readonly before: Sealed;
  readonly after: Sealed;
}

/** Which change an undo, or a second run, is about. */
export type ChangeRef = Pick<Change, 'namespace' | 'name' | 'resourceVersion'>;

interface Kept {
  readonly version: string | undefined;
  readonly written: string | undefined;
  readonly resourceVersion: string;
  readonly data: SecretSnapshot['data'];
}

/** Secret names have at most 253 characters. */
export function backupName(secret: string): string {
  return `${secret.slice(0, 253 - SUFFIX.length)}${SUFFIX}`;
}

/** What the copy would hold; also for a trial of the right to create it. */
export function copyOf({ namespace, name, resourceVersion, key, before, after }: Change): SecretContent {
  const data = { [key]: before, [VERSION]: new Sealed(resourceVersion), [WRITTEN]: new Sealed(hash(after)) };
  return { namespace, name: backupName(name), type: TYPE, data };
}

/** Keeps the old value. A copy of an earlier version, left by an earlier rotation, is replaced; one of this version is only kept true. */
export async function backupSecret(change: Change, ports: RemedyPorts, signal: AbortSignal): Promise<WriteResult> {
  const copy = copyOf(change);
  const created = await ports.writer.createSecret(copy, 'apply', signal);
  if (created.kind !== 'changed') return created;
  const kept = await readKept(change, ports, signal);
  if (kept?.version === change.resourceVersion) {
    return ports.writer.updateSecret(copy, kept.resourceVersion, 'apply', signal);
  }
  await ports.writer.deleteSecret(copy.namespace, copy.name, 'apply', signal);
  return ports.writer.createSecret(copy, 'apply', signal);
}

/** true: the Secret holds what was written in place of `ref`'s version. */
export async function isWritten(
  ref: ChangeRef,
  live: SecretSnapshot,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<boolean> {
  const kept = await readKept(ref, ports, signal);
  return kept?.version === ref.resourceVersion && holdsWritten(live, kept);
}

/** Writes the kept value back, unless somebody changed the Secret after us. The copy stays until `dropBackup`. */
export async function restoreBackup(ref: ChangeRef, ports: RemedyPorts, signal: AbortSignal): Promise<RemedyOutcome> {
  const { namespace, name } = ref;
  const object = `secret/${name}`;
  const now = await ports.reader.secret(namespace, name, signal);
  if (now.status !== 'observed') return refusalOf(object, now);
  const kept = await readKept(ref, ports, signal);
  const key = kept && keyOf(kept);
  const value = key === undefined ? undefined : kept?.data[key];
  if (kept?.version !== ref.resourceVersion || key === undefined || value === undefined) {
    return { kind: 'refused', reason: `the copy secret/${backupName(name)} is gone` };
  }
  const plan = { diff: [`  ${object}: the previous credential is back`], consequences: [] };
  if (now.value.data[key]?.reveal() === value.reveal()) return { kind: 'applied', receipts: [], plan };
  if (!holdsWritten(now.value, kept))
    return { kind: 'refused', reason: `${object} was changed by somebody else since` };
  const content = { namespace, name, type: now.value.type, data: { [key]: value } };
  const written = await ports.writer.updateSecret(content, now.value.resourceVersion, 'apply', signal);
  if (written.kind !== 'done') return refusalOf(object, written);
  return { kind: 'applied', receipts: [written.receipt], plan };
}

/** Removes the copy if it is of this version; a sentence when it had to stay. */
export async function dropBackup(ref: ChangeRef, ports: RemedyPorts, signal: AbortSignal): Promise<string | undefined> {
  const kept = await readKept(ref, ports, signal);
  if (kept?.version !== ref.resourceVersion) return undefined;
  const name = backupName(ref.name);
  const gone = await ports.writer.deleteSecret(ref.namespace, name, 'apply', signal);
  if (gone.kind === 'done' || gone.kind === 'changed') return undefined;
  const { reason } = refusalOf(`secret/${name}`, gone);
  return `The copy of the old credential is still there: ${reason}`;
}

async function readKept(ref: ChangeRef, ports: RemedyPorts, signal: AbortSignal): Promise<Kept | undefined> {
  const seen = await ports.reader.secret(ref.namespace, backupName(ref.name), signal);
  if (seen.status !== 'observed' || seen.value.type !== TYPE) return undefined;
  const { data, resourceVersion } = seen.value;
  return { data, resourceVersion, version: data[VERSION]?.reveal(), written: data[WRITTEN]?.reveal() };
}

function keyOf({ data }: Kept): string | undefined {
  return Object.keys(data).find((key) => key !== VERSION && key !== WRITTEN);
}

function holdsWritten(live: SecretSnapshot, kept: Kept): boolean {
  const value = live.data[keyOf(kept) ?? ''];
  return value !== undefined && hash(value) === kept.written;
}

/** Stands in the copy only, beside the old credential itself. */
function hash(value: Sealed): string {
  return createHash('sha256').update(value.reveal()).digest('hex');
}
