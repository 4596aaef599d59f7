/** The whole diagnosis over a made-up cluster, registry and code host. */
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import type { CodeHost } from '../../src/evidence/code-host.ts';
import type { RegistryReader } from '../../src/evidence/ports.ts';
import { type DiagnoseDeps, makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from './clock.ts';
import { IMAGE, registry } from './lost-tag-story.ts';
import { aStory, fakeCluster } from './readers.ts';
import { shippedRunbook } from './runbooks.ts';
import { aContainer, aFailedEvent, aPod, aRevision, aWorkload } from './snapshots.ts';

export const runbook = shippedRunbook('image-pull');

export interface World {
  readonly host?: CodeHost;
  readonly images?: RegistryReader;
  readonly image?: string;
  /** ms, when the workload came to ask for it. */
  readonly rolledOut?: number;
  readonly deps?: Partial<DiagnoseDeps>;
}

/** The diagnosis of one pod that asks for `image`. */
export function open({ host, images = registry(), image = IMAGE, rolledOut, deps = {} }: World) {
  const pod = aPod({ containers: [aContainer({ image })] });
  const event = aFailedEvent({ message: `Failed to pull image "${image}": ${image}: not found` });
  const cluster = fakeCluster(
    aStory({
      pods: [pod],
      events: { [pod.uid]: [event] },
      workloads: [aWorkload({ images: { api: image } })],
      ...(rolledOut === undefined ? {} : { revisions: [aRevision({ createdAt: rolledOut, images: { api: image } })] }),
    }),
  );
  const clock = createManualClock();
  const diagnose = makeDiagnose({
    clock,
    readers: () => ({ cluster, registry: images, ...(host ? { codeHost: host } : {}) }),
    runbooks: [runbook],
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
    ...deps,
  });
  const signal = new AbortController().signal;
  const request = { name: pod.name, namespace: 'staging' };
  return {
    clock,
    look: (onRecording?: (recording: Recording) => void) =>
      diagnose({ request, signal, ...(onRecording ? { onRecording } : {}) }),
  };
}

export function look(world: World): Promise<Diagnosis> {
  return open(world).look();
}

export const step = ({ steps }: Diagnosis) => steps.find(({ id }) => id === 'build');
/** `cause confidence` of each finding. */
export const causes = ({ findings }: Diagnosis) => findings.map(({ cause, confidence }) => `${cause} ${confidence}`);
export const chainOf = ({ findings }: Diagnosis) => {
  const chain = findings[0]?.detail['chain'];
  return Array.isArray(chain) ? chain.map(String) : [];
};
