/**
 * Puts a new credential into the pull Secret that the registry rejects. The new credential must read the failing repository before
 * anything is written; the old one is kept in a Secret beside it until the pull is seen to work, and comes back if it does not.
 */
import { z } from 'zod';
import type { Cause } from '../../diagnosis/cause.ts';
import { ConfigError } from '../../errors.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import { apiHost, parseReference } from '../../image/reference.ts';
import { refusalOf } from '../execute/outcome.ts';
import { outcomeSentence } from '../execute/outcome-sentence.ts';
import { backupSecret, dropBackup, restoreBackup } from '../execute/secret-backup.ts';
import { deleteStuckPods, type StuckPods, stuckPods } from '../execute/stuck-pods.ts';
import type { RemedyPorts } from '../ports.ts';
import { rewriteEntry } from '../pull-secret-schema.ts';
import type { Remedy, RemedyOutcome } from '../remedy.ts';
import { verifyRecovery } from '../verify-recovery.ts';

const Params = z.strictObject({
  namespace: z.string(),
  secret: z.string(),
  /** The entry's key as the Secret writes it. */
  entry: z.string(),
  /** The image's registry, as `credentialSources` names it. */
  registry: z.string(),
  /** The failing image. */
  image: z.string(),
  /** Of the Secret that was diagnosed. */
  resourceVersion: z.string(),
});
type Params = z.infer<typeof Params>;

/** Causes where the credential itself is what is wrong. A missing right (`permission-denied`) is not mended by a new password. */
const HELPS: readonly Cause[] = ['credentials-rejected', 'credentials-expired', 'stale-credentials', 'unauthorized'];

export const rotatePullSecret: Remedy<Params> = {
  id: 'rotate-pull-secret',
  title: 'Rotate the pull secret',
  risk: 'secret-bearing',
  Params,

  propose({ finding, evidence, credentialHosts }) {
    const reference = valueOf(evidence.reference);
    const container = valueOf(evidence.container);
    if (!reference?.ok || !container || !HELPS.includes(finding.cause)) return undefined;
    const { registry } = reference.reference;
    if (!credentialHosts.includes(registry)) return undefined;
    const rejected = rejectedEntry(evidence);
    const attached = valueOf(evidence.pullSecrets)?.find((one) => one.name === rejected?.secret);
    const secret = attached ? valueOf(attached.secret) : undefined;
    if (!rejected || !secret) return undefined;
    return {
      namespace: secret.namespace,
      secret: secret.name,
      entry: rejected.entry,
      registry,
      image: container.image,
      resourceVersion: secret.resourceVersion,
    };
  },

  command: (params) =>
    `kubectl create secret docker-registry ${params.secret} -n ${params.namespace} --docker-server=${params.registry} --docker-username=… --docker-password=… --dry-run=client -o yaml | kubectl apply -f -`,

  run: rotate,

  verify: (_params, after) => verifyRecovery(after, { ownFault: HELPS }),

  async undo(params, ports, signal) {
    return restoreBackup(params.namespace, params.secret, ports, signal);
  },

  async settle(params, ports, signal) {
    await dropBackup(params.namespace, params.secret, ports, signal);
  },
};

function rejectedEntry(evidence: Evidence): { secret: string; entry: string } | undefined {
  for (const { credential, outcome } of valueOf(evidence.registryAccess)?.attempts ?? []) {
    const refused = outcome.kind === 'unauthorized' || outcome.kind === 'denied';
    if (credential.kind === 'password' && refused && credential.secret && credential.entry)
      return { secret: credential.secret, entry: credential.entry };
  }
  return undefined;
}

async function rotate(
  params: Params,
  ports: RemedyPorts,
  mode: 'dry-run' | 'apply',
  signal: AbortSignal,
): Promise<RemedyOutcome> {
  const tested = await testedCredential(params, ports, signal);
  if ('reason' in tested) return { kind: 'refused', reason: tested.reason };
  const seen = await ports.reader.secret(params.namespace, params.secret, signal);
  if (seen.status !== 'observed') return refusalOf(`secret/${params.secret}`, seen);
  if (seen.value.resourceVersion !== params.resourceVersion) {
    return {
      kind: 'refused',
      reason: `secret/${params.secret} was changed since the diagnosis. Press Re-run: it may be right already.`,
    };
  }
  const rewrite = rewriteEntry(seen.value, params.entry, tested.credential);
  if (!rewrite.ok) return { kind: 'refused', reason: `secret/${params.secret} cannot be changed: ${rewrite.reason}` };
  const pods = await stuckPods(
    { namespace: params.namespace, secret: params.secret, registry: params.registry },
    ports,
    signal,
  );
  if (pods.kind === 'refused') return pods;
  const plan = planOf(params, { before: rewrite.before, after: tested.credential.username }, pods.value);
  const data = { ...seen.value.data, [rewrite.key]: rewrite.content };
  const content = { namespace: params.namespace, name: params.secret, type: seen.value.type, data };
  const trial = await ports.writer.updateSecret(content, params.resourceVersion, 'dry-run', signal);
  if (trial.kind !== 'done') return refusalOf(`secret/${params.secret}`, trial);
  if (mode === 'dry-run') return { kind: 'planned', plan };
  return write({ params, content, old: seen.value, pods: pods.value, plan }, ports, signal);
}

type Work = {
  params: Params;
  content: Parameters<RemedyPorts['writer']['updateSecret']>[0];
  old: SecretSnapshot;
  pods: StuckPods;
  plan: ReturnType<typeof planOf>;
};

async function write(
  { params, content, old, pods, plan }: Work,
  ports: RemedyPorts,
  signal: AbortSignal,
): Promise<RemedyOutcome> {
  const kept = await backupSecret(old, ports, signal);
  if (kept.kind !== 'done') return refusalOf(`the copy of secret/${params.secret} that an undo needs`, kept);
  const written = await ports.writer.updateSecret(content, params.resourceVersion, 'apply', signal);
  if (written.kind !== 'done') {
    await dropBackup(params.namespace, params.secret, ports, signal);
    return refusalOf(`secret/${params.secret}`, written);
  }
  const deleted = await deleteStuckPods(pods, ports, signal);
  return { kind: 'applied', plan, receipts: [kept.receipt, written.receipt, ...deleted] };
}

/** The configured credential, once the registry has shown the failing image to it. */
async function testedCredential(params: Params, ports: RemedyPorts, signal: AbortSignal) {
  const reference = parseReference(params.image);
  if (!reference.ok) return { reason: reference.fault.sentence };
  const credential = await ports.credentials.credentialFor(params.registry, signal).catch((error: unknown) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });
  if (credential instanceof ConfigError) return { reason: credential.message };
  if (!credential)
    return {
      reason: `no credential source is configured for ${params.registry} (credentialSources in pullcheck.yaml)`,
    };
  const attempt = await ports.registry.manifest(reference.reference, { ...credential, origin: 'new' }, signal);
  if (attempt.outcome.kind === 'found') return { credential };
  return {
    reason: `the new credential from ${credential.source} was tried on ${apiHost(params.registry)} first, and ${outcomeSentence(attempt.outcome)}; nothing was changed`,
  };
}

function planOf(params: Params, user: { before: string | undefined; after: string }, pods: StuckPods) {
  const names = pods.owned.map((pod) => pod.name);
  return {
    diff: [
      `  secret/${params.secret} (namespace ${params.namespace}), entry ${params.entry}`,
      `- username: ${user.before ?? '(not readable)'}`,
      `+ username: ${user.after}`,
      '- password: (kept in a copy until the pull is seen to work)',
      '+ password: (from the configured source, tried on the registry just now; never shown)',
    ],
    consequences: [
      'The kubelet would retry by itself within 5 minutes with the new credential.',
      names.length > 0
        ? `For an immediate retry the stuck pods are deleted and their owner makes new ones: ${names.join(', ')}.`
        : 'No stuck pod has to be deleted.',
      ...(pods.bare.length > 0
        ? [`Left alone, because nothing would make them again: ${pods.bare.map((pod) => pod.name).join(', ')}.`]
        : []),
      'Healthy pods are left alone. If the next pull is rejected, the old credential is put back.',
    ],
  };
}
