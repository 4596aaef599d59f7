/**
 * The old content of a Secret, kept beside it as `NAME-pullcheck-previous` while a rotation is being verified. In the cluster, because a
 * credential must never be in Redis, and because it must survive the death of this process.
 */
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import type { RemedyPorts, WriteResult } from '../ports.ts';
import type { RemedyOutcome } from '../remedy.ts';
import { refusalOf } from './outcome.ts';

/** The copy's own type: the kubelet ignores it, so it can never be used for a pull by mistake. */
const TYPE = 'pullcheck.dev/previous-pull-secret';
const SUFFIX = '-pullcheck-previous';

/** Secret names have at most 253 characters. */
function nameOf(secret: string): string {
  return `${secret.slice(0, 253 - SUFFIX.length)}${SUFFIX}`;
}

/** Keeps `old`; a copy left by an earlier rotation is replaced. */
export async function backupSecret(old: SecretSnapshot, ports: RemedyPorts, signal: AbortSignal): Promise<WriteResult> {
  const copy = {
    namespace: old.namespace,
    name: nameOf(old.name),
    type: TYPE,
    data: old.data,
    annotations: { 'pullcheck.dev/type': old.type },
  };
  const created = await ports.writer.createSecret(copy, 'apply', signal);
  if (created.kind !== 'changed') return created;
  await ports.writer.deleteSecret(old.namespace, copy.name, 'apply', signal);
  return ports.writer.createSecret(copy, 'apply', signal);
}

/** Writes the kept content back and removes the copy. */
export async function restoreBackup(
  namespace: string,
  secret: string,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<RemedyOutcome> {
  const kept = await ports.reader.secret(namespace, nameOf(secret), signal);
  if (kept.status !== 'observed') return refusalOf(`secret/${nameOf(secret)}`, kept);
  const now = await ports.reader.secret(namespace, secret, signal);
  if (now.status !== 'observed') return refusalOf(`secret/${secret}`, now);
  const content = { namespace, name: secret, type: now.value.type, data: kept.value.data };
  const written = await ports.writer.updateSecret(content, now.value.resourceVersion, 'apply', signal);
  if (written.kind !== 'done') return refusalOf(`secret/${secret}`, written);
  await dropBackup(namespace, secret, ports, signal);
  return {
    kind: 'applied',
    receipts: [written.receipt],
    plan: { diff: [`  secret/${secret}: the previous credential is back`], consequences: [] },
  };
}

/** Removes the copy; a copy that cannot be removed is harmless and found by its name. */
export async function dropBackup(
  namespace: string,
  secret: string,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<void> {
  await ports.writer.deleteSecret(namespace, nameOf(secret), 'apply', signal);
}
