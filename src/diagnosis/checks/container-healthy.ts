/** Does the container run? Running or completed, crashing with its image in place, or stopped by something that is no image matter. */
import { hasCrashed, isUnaccounted } from '../../evidence/crashes.ts';
import type { EvidenceView } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../evidence/snapshots.ts';
import { kubectlName } from '../../target/target.ts';
import { type CheckResult, defineCheck, type Finding } from '../check.ts';
import { type CrashView, describeCrash } from '../crash.ts';
import { couldNotLook } from '../gaps.ts';
import { elsewhere, endedByNode } from '../other-troubles.ts';
import { podless } from '../podless.ts';
import { commandLine } from '../shell.ts';
import { count, tidy } from '../words.ts';

export const containerHealthy = defineCheck({
  id: 'container-healthy',
  question: 'Does the container run?',
  needs: [
    'container',
    'pod',
    'events',
    'pullFailure',
    'registryAccess',
    'runningImage',
    'crashLogs',
    'revisions',
    'node',
    'workload',
  ],
  run(evidence): CheckResult {
    const { container } = evidence;
    const missing = evidence.pod.status === 'absent' ? podless(evidence) : undefined;
    if (missing !== undefined) return fail(missing);
    if (container.status !== 'observed') return couldNotLook({ container });
    return stateOf(container.value, evidence);
  },
  command({ pod, container, workload }) {
    if (pod?.status === 'absent' && workload?.status === 'observed')
      return commandLine('kubectl', 'describe', kubectlName(workload.value), '-n', workload.value.namespace);
    if (pod?.status !== 'observed') return undefined;
    const { name, namespace } = pod.value;
    const previous = container?.status === 'observed' && container.value.restartCount > 0;
    if (container?.status !== 'observed' || !previous)
      return commandLine('kubectl', 'get', 'pod', name, '-n', namespace, '-o', 'wide');
    return commandLine('kubectl', 'logs', name, '-n', namespace, '-c', container.value.name, '--previous', '--tail=20');
  },
});

type View = EvidenceView<'pod' | 'pullFailure'> & CrashView;

function stateOf(container: ContainerSnapshot, evidence: View): CheckResult {
  const ended = endedByNode(valueOf(evidence.pod));
  if (ended !== undefined && !(container.state === 'terminated' && container.exitCode === 0)) return fail(ended);
  if (hasCrashed(container)) return fail(...describeCrash(container, evidence));
  if (container.state === 'running') return { verdict: 'pass', note: runs(container) };
  if (container.state === 'terminated' && !isUnaccounted(container))
    return { verdict: 'pass', note: 'it completed with exit code 0' };
  const trouble = elsewhere(container, valueOf(evidence.pod), valueOf(evidence.events) ?? []);
  if (trouble !== undefined) return fail(trouble);
  if (container.waitingReason === 'PodInitializing') {
    return { verdict: 'not-applicable', note: 'it waits for the init containers' };
  }
  if (evidence.pullFailure.status === 'observed') {
    return { verdict: 'not-applicable', note: 'it waits for its image' };
  }
  return starting(container, evidence);
}

function starting(container: ContainerSnapshot, evidence: EvidenceView<'pod' | 'events'>): CheckResult {
  const reason = container.waitingReason === undefined ? '' : ` (${tidy(container.waitingReason)})`;
  const gone = evidence.pod.status === 'observed' && evidence.pod.value.deletedAt !== undefined;
  const note = gone ? 'the pod is being deleted' : `it has not started yet${reason}, and no error is reported`;
  const blind = evidence.events.status !== 'observed' && evidence.events.status !== 'absent';
  return blind
    ? couldNotLook({ events: evidence.events }, note)
    : { verdict: 'inconclusive', note: `${note}${pulling(valueOf(evidence.events) ?? [], container)}`, missing: [] };
}

/** The newest event may say that the pull is under way: a slow registry shows nothing else for minutes. */
function pulling(events: readonly EventSnapshot[], container: ContainerSnapshot): string {
  const newest = events.find((event) => event.container === undefined || event.container === container.name);
  return newest?.reason === 'Pulling' ? '; its image is being pulled' : '';
}

function runs(container: ContainerSnapshot): string {
  const restarts = container.restartCount === 0 ? '' : ` after ${count(container.restartCount, 'restart')}`;
  const ready = container.ready ? '' : ', not ready yet';
  const image = container.imageID === undefined || container.imageID === '' ? '' : ` with ${tidy(container.imageID)}`;
  return `it runs${image}${restarts}${ready}`;
}

function fail(...findings: readonly [Finding, ...Finding[]]): CheckResult {
  return { verdict: 'fail', note: findings[0].summary, findings };
}
