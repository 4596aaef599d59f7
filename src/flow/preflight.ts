/** `pullcheck image`: the checks of a diagnosis over what a new pod would bring. Reads no pod. */
import { formatTime } from '../clock.ts';
import { recordedEvidence } from '../diagnosis/recording.ts';
import { UsageError } from '../errors.ts';
import { collectCase } from '../evidence/collect.ts';
import { imageCollectors } from '../evidence/collect-image.ts';
import { DEFAULT_LIMITS, shareReaders } from '../evidence/collect-shared.ts';
import type { Target } from '../target/target.ts';
import { makeCallMeter } from './call-meter.ts';
import type { DiagnoseDeps } from './diagnose.ts';
import { findRunbook, look } from './look.ts';
import { blameNamespace } from './no-such-namespace.ts';
import type { PreflightUseCase } from './use-cases.ts';

/** Rejects with UsageError (no such service account) and when `signal` aborts; never for what the outside does. */
export function makePreflight(deps: DiagnoseDeps): PreflightUseCase {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  return async ({ image, namespace, serviceAccount = 'default', cluster, onProgress, onRecording, signal }) => {
    const startedAt = deps.clock.now();
    const runbook = findRunbook(deps.runbooks, 'preflight');
    const meter = makeCallMeter();
    const readers = deps.readers(cluster, meter);
    const shared = shareReaders(readers, deps.clock, limits, signal);
    try {
      const account = await shared.cluster.serviceAccount(namespace, serviceAccount, signal);
      const at = { cluster: shared.cluster, namespace };
      if (account.status === 'absent') await blameNamespace(noSuchAccount(serviceAccount, namespace), deps, at, signal);
      const target: Target = { cluster: shared.cluster.cluster, namespace, kind: 'Image', name: image };
      const { ownCredential = () => undefined } = deps;
      const now = () => deps.clock.now();
      const { codeHost } = shared;
      const builds = { sources: deps.sources ?? [], ...(codeHost ? { codeHost } : {}) };
      const outside = { cluster: shared.cluster, registry: shared.registry, ...builds, signal, ownCredential, now };
      const subject = { namespace, pod: '', container: '' };
      const cases = [collectCase(subject, outside, imageCollectors(image, serviceAccount))];
      const progress = onProgress ? { onProgress } : {};
      const note = `as a new pod of service account ${serviceAccount} in namespace ${namespace}`;
      const looked = await look(deps, { runbook, cases, target: () => target, note, now, ...progress });
      onRecording?.({
        target,
        note,
        runbook: runbook.id,
        cases: recordedEvidence(cases),
        credentialHosts: deps.credentialHosts,
        startedAt,
      });
      return { ...looked, startedAt: formatTime(startedAt), durationMs: now() - startedAt, calls: meter.calls() };
    } finally {
      shared.close();
      void readers.close?.().catch(() => undefined);
    }
  };
}

/** Exit code 2. Whether the namespace is there has not been asked. */
export function noSuchAccount(name: string, namespace: string): UsageError {
  return new UsageError({
    code: 'no-such-target',
    message: `There is no service account ${name} in namespace ${namespace}.`,
    hint: `Is the namespace right? See: kubectl get serviceaccounts -n ${namespace}`,
  });
}
