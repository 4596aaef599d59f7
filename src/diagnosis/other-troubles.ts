/** Why a container waits that has nothing to do with its image, and which runbook that belongs to. */
import { type ContainerSnapshot, ENDED, type EventSnapshot, type PodSnapshot } from '../evidence/snapshots.ts';
import { classify } from '../image/classify.ts';
import { CAUSES } from './catalogue.ts';
import type { Confidence, Finding } from './check.ts';
import { tidy } from './words.ts';

interface Trouble {
  readonly what: string;
  readonly runbook: string;
}

/** Waiting reasons of the kubelet that come after (or without) the pull. */
const BY_REASON: Readonly<Record<string, Trouble & { readonly confidence: Confidence }>> = {
  CreateContainerConfigError: {
    what: 'its configuration cannot be put together: a ConfigMap, Secret or key is missing',
    runbook: 'CreateContainerConfigError',
    confidence: 'certain',
  },
  CreateContainerError: {
    what: 'the runtime cannot create the container',
    runbook: 'CreateContainerError',
    confidence: 'likely',
  },
  RunContainerError: {
    what: 'the runtime cannot start the container',
    runbook: 'RunContainerError',
    confidence: 'likely',
  },
  PreStartHookError: { what: 'its pre-start hook fails', runbook: 'lifecycle hooks', confidence: 'certain' },
  PostStartHookError: { what: 'its post-start hook fails', runbook: 'lifecycle hooks', confidence: 'certain' },
};

/** Events of the pod itself that keep all its containers from starting. */
const BY_EVENT: Readonly<Record<string, Trouble>> = {
  FailedMount: { what: 'a volume cannot be mounted', runbook: 'Pod Pending: storage' },
  FailedAttachVolume: { what: 'a volume cannot be attached', runbook: 'Pod Pending: storage' },
  FailedMapVolume: { what: 'a volume cannot be mapped', runbook: 'Pod Pending: storage' },
  NetworkNotReady: { what: 'the node’s pod network is not ready', runbook: 'node network' },
};

/** undefined: nothing but the image, or nothing at all, holds the container back. */
export function elsewhere(
  container: ContainerSnapshot,
  pod: PodSnapshot | undefined,
  events: readonly EventSnapshot[],
): Finding | undefined {
  const reason = container.waitingReason ?? '';
  const byReason = Object.hasOwn(BY_REASON, reason) ? BY_REASON[reason] : undefined;
  if (byReason !== undefined) {
    const said = container.waitingMessage ?? '';
    return trouble(byMessage(byReason, reason, said), {
      confidence: byReason.confidence,
      because: ['container'],
      reason,
      said,
    });
  }
  if (reason !== '' && reason !== 'ContainerCreating' && reason !== 'PodInitializing') return undefined;
  const unscheduled = pod?.unmet.find(({ type }) => type === 'PodScheduled');
  if (unscheduled !== undefined) {
    const what = unscheduled.reason === 'SchedulingGated' ? 'a scheduling gate holds it back' : 'no node takes the pod';
    const facts = { reason: unscheduled.reason, said: unscheduled.message };
    return trouble({ what, runbook: 'Pod Pending: scheduling' }, { confidence: 'certain', because: ['pod'], ...facts });
  }
  return fromEvents(events);
}

/** containerd and Docker alike, of an image without entrypoint and command (a base of nothing, a data image). */
const NO_COMMAND =
  'neither its image nor the pod names a command to run: the image was built without ENTRYPOINT and CMD, or it is not meant to run';

/** The kubelet has one reason for all that stands between image and configuration; its words tell which (pkg/kubelet/kuberuntime). */
function byMessage(known: Trouble, reason: string, said: string): Trouble {
  if (/\bno command specified\b/i.test(said)) return { ...known, what: NO_COMMAND };
  if (reason !== 'CreateContainerConfigError' || said === '') return known;
  const isUser = /\brun\s?as(?:non|\snon-?)root\b|\bnon-numeric user\b/i.test(said);
  if (!isUser && /\b(?:configmap|secret|key)\b/i.test(said)) return known;
  const what = isUser
    ? 'its security context does not allow the user that the image starts as'
    : 'its configuration cannot be put together';
  return { ...known, what };
}

/** A pod that its node refused, or took away again, for reasons of its own: nothing of it runs or is pulled any more. */
export function endedByNode(pod: PodSnapshot | undefined): Finding | undefined {
  const kept = pod?.unmet.find(({ type }) => type === ENDED);
  // A deadline ends also what was waiting for its image: that is the better answer.
  if (kept === undefined || kept.reason === 'DeadlineExceeded') return undefined;
  const what = `its pod has failed as a whole: ${tidy(kept.reason)}`;
  const facts = { reason: kept.reason, said: kept.message };
  return trouble({ what, runbook: `pod ${tidy(kept.reason)}` }, { confidence: 'certain', because: ['pod'], ...facts });
}

function fromEvents(events: readonly EventSnapshot[]): Finding | undefined {
  // Newest first: once a pull has begun, volumes and sandbox are in place.
  for (const { reason, message } of events) {
    if (reason === 'Pulling' || reason === 'Pulled' || reason === 'Started') return undefined;
    if (reason === 'FailedCreatePodSandBox') return sandboxTrouble(message, reason);
    const known = Object.hasOwn(BY_EVENT, reason) ? BY_EVENT[reason] : undefined;
    const found = known ?? (/exceeded quota/i.test(message) ? QUOTA : undefined);
    if (found !== undefined) {
      const said = (WAITED.test(message) ? telling(events, reason) : undefined) ?? message;
      return trouble(found, { confidence: 'likely', because: ['events'], reason, said });
    }
  }
  return undefined;
}

/** What the kubelet says of volumes in general, and while its caches fill, hides what it says of one (seen on 1.36). */
const WAITED = /timed out waiting for the condition/i;

/** The newest words of that reason that name a cause. */
function telling(events: readonly EventSnapshot[], reason: string): string | undefined {
  return events.find((event) => event.reason === reason && !WAITED.test(event.message))?.message;
}

const SANDBOX: Trouble = {
  what: 'the node cannot make the pod’s sandbox (network plugin or runtime)',
  runbook: 'Pod Pending: pod network',
};

/** Every pod needs the node's own pause image first: its pull fails in the same ways, for reasons that are the node's. */
function sandboxTrouble(message: string, reason: string): Finding {
  const pause = /sandbox image "([^"\s]{1,1024})"/i.exec(message)?.[1];
  if (pause === undefined)
    return trouble(SANDBOX, { confidence: 'likely', because: ['events'], reason, said: message });
  const { kind, also, host } = classify(message, reason);
  return {
    cause: kind,
    confidence: kind === 'other' ? 'possible' : 'likely',
    because: ['events'],
    summary: `The node cannot get its own pause image ${tidy(pause)}, without which no pod starts there: ${CAUSES[kind].title.toLowerCase()}. This is a matter of the node’s runtime configuration and its way to that registry, not of the container’s image.`,
    detail: { sandboxImage: tidy(pause), host, reason: tidy(reason), message: tidy(message) },
    alternatives: also,
  };
}

const QUOTA: Trouble = { what: 'a resource quota is used up', runbook: 'quota' };

/** What to do about what is no matter of the image. */
export function otherRunbook(name: string): string {
  return `This belongs to the runbook “${name}”.`;
}

interface Facts {
  readonly confidence: Confidence;
  readonly because: Finding['because'];
  readonly reason: string;
  readonly said: string;
}

function trouble({ what, runbook }: Trouble, { confidence, because, reason, said }: Facts): Finding {
  const quote = said === '' ? '' : ` (${tidy(said)})`;
  return {
    cause: 'not-an-image-problem',
    confidence,
    because,
    summary: `The container does not run because ${what}${quote}.`,
    detail: { what, reason: tidy(reason), message: tidy(said), runbook },
    fix: otherRunbook(runbook),
    alternatives: [],
  };
}
