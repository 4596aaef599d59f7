/**
 * Puts a new credential into the pull Secret that the registry rejects. The new credential must read the failing repository before
 * anything is written; the old one is kept in a Secret beside it until the pull is seen to work, and comes back if it does not.
 */
import { z } from 'zod';
import type { Cause } from '../../diagnosis/cause.ts';
import { type Answer, readAttempt } from '../../diagnosis/registry-answers.ts';
import { replaceCommand } from '../../diagnosis/secret-commands.ts';
import { ConfigError, RemedyError } from '../../errors.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { overwriting } from '../../evidence/managed-by.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import { lookupCredentials } from '../../image/keyring.ts';
import { apiHost, type ImageReference, parseReference } from '../../image/reference.ts';
import { refusalOf } from '../execute/outcome.ts';
import { outcomeSentence } from '../execute/outcome-sentence.ts';
import { rotationPlan } from '../execute/rotation-plan.ts';
import {
  backupName,
  backupSecret,
  type Change,
  type ChangeRef,
  copyOf,
  dropBackup,
  isWritten,
  restoreBackup,
} from '../execute/secret-backup.ts';
import { deleteStuckPods, type StuckPods, stuckPods, tryDelete } from '../execute/stuck-pods.ts';
import type { RemedyPorts, WriteReceipt } from '../ports.ts';
import { rewriteEntry } from '../pull-secret-schema.ts';
import { registryHost } from '../registry-host.ts';
import type { Remedy, RemedyOutcome, RemedyPlan } from '../remedy.ts';
import { verifyRecovery } from '../verify-recovery.ts';

const Params = z.strictObject({
  namespace: z.string(),
  secret: z.string(),
  /** The entry's key as the Secret writes it. */
  entry: z.string(),
  /** The image's registry, as `parseReference` names it. */
  registry: z.string(),
  /** The failing image. */
  image: z.string(),
  /** Of the Secret that was diagnosed. */
  resourceVersion: z.string(),
});
type Params = z.infer<typeof Params>;
type Refused = Extract<RemedyOutcome, { kind: 'refused' }>;

/** What the registry itself says of a stored credential that a new one would mend. A missing right (`permission-denied`) is not mended. */
const REJECTED: readonly Cause[] = ['credentials-rejected', 'credentials-expired', 'stale-credentials'];
/** What a node says of a credential that it cannot use. */
const SAID: readonly Cause[] = ['unauthorized', 'forbidden', 'permission-denied', 'not-found-or-unauthorized'];

export const rotatePullSecret: Remedy<Params> = {
  id: 'rotate-pull-secret',
  title: 'Rotate the pull secret',
  risk: 'secret-bearing',
  Params,

  propose({ finding, evidence, credentialHosts }) {
    const reference = valueOf(evidence.reference);
    const container = valueOf(evidence.container);
    const helps = finding.cause === 'unauthorized' || REJECTED.includes(finding.cause);
    if (!reference?.ok || !container || !helps) return undefined;
    const { registry } = reference.reference;
    if (!credentialHosts.some((host) => registryHost(host) === registryHost(registry))) return undefined;
    const rejected = rejectedEntry(evidence);
    const attached = valueOf(evidence.pullSecrets)?.find((one) => one.name === rejected?.secret);
    const secret = attached ? valueOf(attached.secret) : undefined;
    // A button that is sure to refuse helps nobody: the finding says where the change belongs.
    if (!rejected || !secret || secret.managedBy?.rewrites === 'at-once') return undefined;
    return {
      namespace: secret.namespace,
      secret: secret.name,
      entry: rejected.entry,
      registry,
      image: container.image,
      resourceVersion: secret.resourceVersion,
    };
  },

  object: (params) => `secret/${params.secret}`,

  command: ({ secret, namespace, entry }) => replaceCommand(secret, namespace, entry),

  async run(params, ports, mode, signal) {
    const seen = await ports.reader.secret(params.namespace, params.secret, signal);
    if (seen.status !== 'observed') return refusalOf(`secret/${params.secret}`, seen);
    if (seen.value.resourceVersion === params.resourceVersion)
      return rotate({ params, ports, signal }, seen.value, mode);
    const isOurs = mode === 'apply' && (await isWritten(refOf(params), seen.value, ports, signal));
    if (isOurs) return goOn({ params, ports, signal }, seen.value);
    return {
      kind: 'refused',
      reason: `secret/${params.secret} was changed since the diagnosis. Press Re-run: it may be right already.`,
    };
  },

  verify: (params, after) => verifyRecovery(after, { image: params.image, proven: REJECTED, said: SAID }),
  undo: (params, ports, signal) => restoreBackup(refOf(params), ports, signal),
  settle: (params, ports, signal) => dropBackup(refOf(params), ports, signal),
  kept: (params) => `The credential from before is kept in secret/${backupName(params.secret)}.`,
};

interface Run {
  readonly params: Params;
  readonly ports: RemedyPorts;
  readonly signal: AbortSignal;
}

function refOf({ namespace, secret, resourceVersion }: Params): ChangeRef {
  return { namespace, name: secret, resourceVersion };
}

/** Answers that a new password may change; a login that was accepted and lacks the right is none of them. */
const MENDABLE: readonly Answer[] = ['refused', 'expired', 'denied-at-token', 'login-or-right'];

function rejectedEntry(evidence: Evidence): { secret: string; entry: string } | undefined {
  for (const attempt of valueOf(evidence.registryAccess)?.attempts ?? []) {
    const { credential } = attempt;
    if (credential.kind !== 'password' || credential.origin !== 'pull-secret') continue;
    if (credential.secret && credential.entry && MENDABLE.includes(readAttempt(attempt)))
      return { secret: credential.secret, entry: credential.entry };
  }
  return undefined;
}

async function rotate(run: Run, secret: SecretSnapshot, mode: 'dry-run' | 'apply'): Promise<RemedyOutcome> {
  const { params, ports, signal } = run;
  const object = `secret/${params.secret}`;
  const { managedBy } = secret;
  if (managedBy?.rewrites === 'at-once') return { kind: 'refused', reason: overwriting(object, managedBy) };
  const reference = parseReference(params.image);
  if (!reference.ok) return { kind: 'refused', reason: reference.fault.sentence };
  const tested = await testedCredential(run, reference.reference);
  if ('reason' in tested) return { kind: 'refused', reason: tested.reason };
  const rewrite = rewriteEntry(secret, params.entry, tested.credential);
  if (!rewrite.ok) return { kind: 'refused', reason: `${object} cannot be changed: ${rewrite.reason}` };
  if (await oldOneWorks(run, secret, reference.reference)) {
    return { kind: 'refused', reason: `the registry accepts the credential in ${object} by now. Press Re-run.` };
  }
  const pods = await stuckPods({ secret, entry: params.entry }, ports, signal);
  if (pods.kind === 'refused') return pods;
  const { key, content: after, previous: before } = rewrite;
  const change: Change = { ...refOf(params), key, before, after };
  const work: Work = { change, secret, pods: pods.value };
  const refused = await trial(run, work);
  if (refused) return refused;
  const users = { before: rewrite.before, after: tested.credential.username, others: rewrite.others };
  const plan = rotationPlan(
    { ...params, ...(secret.managedBy ? { managedBy: secret.managedBy } : {}) },
    users,
    pods.value,
  );
  return mode === 'dry-run' ? { kind: 'planned', plan } : write(run, work, plan);
}

interface Work {
  readonly change: Change;
  readonly secret: SecretSnapshot;
  readonly pods: StuckPods;
}

function update({ ports, signal }: Run, { change, secret }: Work, mode: 'dry-run' | 'apply') {
  const { namespace, name, resourceVersion, key, after } = change;
  return ports.writer.updateSecret(
    { namespace, name, type: secret.type, data: { [key]: after } },
    resourceVersion,
    mode,
    signal,
  );
}

/** Every right that the act needs is tried on the API server before anything is written, so that it never stops half-way. */
async function trial(run: Run, work: Work): Promise<Refused | undefined> {
  const { params, ports, signal } = run;
  const updated = await update(run, work, 'dry-run');
  if (updated.kind !== 'done') return refusalOf(`secret/${params.secret}`, updated);
  const copy = copyOf(work.change);
  const what = `secret/${copy.name}, the copy that an undo needs`;
  const created = await ports.writer.createSecret(copy, 'dry-run', signal);
  if (created.kind === 'forbidden' || created.kind === 'failed') return refusalOf(what, created);
  // It does not exist yet: that it is "gone" says that deleting would be allowed.
  const dropped = await ports.writer.deleteSecret(copy.namespace, copy.name, 'dry-run', signal);
  if (dropped.kind === 'forbidden' || dropped.kind === 'failed') return refusalOf(what, dropped);
  const deleted = await tryDelete(work.pods, ports, signal);
  return deleted ? refusalOf('the stuck pods', deleted) : undefined;
}

async function write(run: Run, work: Work, plan: RemedyPlan): Promise<RemedyOutcome> {
  const { params, ports, signal } = run;
  const { secret } = work;
  const kept = await backupSecret(work.change, ports, signal);
  if (kept.kind !== 'done') return refusalOf('the copy that an undo needs', kept);
  const written = await update(run, work, 'apply');
  if (written.kind !== 'done') {
    if (!(await cameThrough(run, written.kind === 'failed' ? written.reason : undefined))) {
      await dropBackup(refOf(params), ports, signal);
      return refusalOf(`secret/${params.secret}`, written);
    }
  }
  const receipt = written.kind === 'done' ? written.receipt : patched(params);
  return { kind: 'applied', plan, receipts: [kept.receipt, receipt, ...(await freePods(run, secret))] };
}

/** Listed again after the write: one that was made a moment before it pulled with the old credential too. */
async function freePods({ params, ports, signal }: Run, secret: SecretSnapshot): Promise<readonly WriteReceipt[]> {
  const pods = await stuckPods({ secret, entry: params.entry }, ports, signal);
  return pods.kind === 'found' ? deleteStuckPods(pods.value, ports, signal) : [];
}

/** A write that got no clear answer may have been made: the Secret itself says it. While that is open, the copy stays. */
async function cameThrough({ params, ports, signal }: Run, doubt: string | undefined): Promise<boolean> {
  const seen = await ports.reader.secret(params.namespace, params.secret, signal);
  if (seen.status === 'observed' && (await isWritten(refOf(params), seen.value, ports, signal))) return true;
  const isClear = seen.status === 'absent' || (seen.status === 'observed' && doubt === undefined);
  if (isClear) return false;
  throw new RemedyError({
    code: 'write-in-doubt',
    message: doubt ?? `secret/${params.secret} could not be read after it was written`,
    retryable: true,
  });
}

/** The Secret was written by a run that died: only what comes after is left to do. */
async function goOn(run: Run, secret: SecretSnapshot): Promise<RemedyOutcome> {
  const { params } = run;
  const plan = { diff: [`  secret/${params.secret}: written before the interruption`], consequences: [] };
  return { kind: 'applied', plan, receipts: [patched(params), ...(await freePods(run, secret))] };
}

function patched({ namespace, secret }: Params): WriteReceipt {
  return { verb: 'patch', object: `secret/${secret}`, namespace };
}

async function oldOneWorks(
  { params, ports, signal }: Run,
  secret: SecretSnapshot,
  reference: ImageReference,
): Promise<boolean> {
  const old = lookupCredentials(params.image, [secret]).tried.find(({ entry }) => entry === params.entry);
  if (!old) return false;
  const credential = { kind: 'password', origin: 'pull-secret', source: `secret/${params.secret}`, ...old } as const;
  const { outcome } = await ports.registry.manifest(reference, credential, signal);
  return outcome.kind === 'found';
}

/** The configured credential, once the registry has shown the failing image to it. */
async function testedCredential({ params, ports, signal }: Run, reference: ImageReference) {
  const credential = await ports.credentials.credentialFor(params.registry, signal).catch((error: unknown) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });
  if (credential instanceof ConfigError) return { reason: credential.message };
  if (!credential)
    return {
      reason: `no credential source is configured for ${params.registry} (credentialSources in pullcheck.yaml)`,
    };
  const attempt = await ports.registry.manifest(reference, { ...credential, origin: 'new' }, signal);
  if (attempt.outcome.kind === 'found') return { credential };
  return {
    reason: `the new credential from ${credential.source} was tried on ${apiHost(params.registry)} first, and ${outcomeSentence(attempt.outcome)}`,
  };
}
