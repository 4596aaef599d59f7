/** Outcomes that are no fault of the pull, or that name none. */
import type { CauseInfo } from '../cause.ts';

export const OUTCOME_CAUSES = {
  'container-crashing': {
    title: 'The image is there, the container exits',
    family: 'application',
    owner: 'team that deploys',
    meaning: 'The image was pulled and started, and its process ends. Registry and credentials are not the problem.',
    fix: 'Read the last log lines (kubectl logs --previous), then fix the application or roll back to the revision that ran.',
  },
  'not-an-image-problem': {
    title: 'Something other than the image keeps the pod from running',
    family: 'application',
    owner: 'team that deploys',
    meaning:
      'The pod does not run for a reason that has nothing to do with its image: scheduling, configuration, a volume, a quota.',
    fix: 'Follow the runbook that the detail names.',
  },
  'backoff-only': {
    title: 'Pulling is being retried, the reason is not in the text',
    family: 'none',
    owner: 'nobody',
    meaning:
      'The kubelet waits before its next attempt, and the event that told why is gone. Events live about an hour.',
    fix: 'Wait for the next attempt (at most 5 minutes) and read its event, or ask the registry.',
  },
  other: {
    title: 'The pull fails with words that say nothing certain',
    family: 'none',
    owner: 'nobody',
    meaning: 'The message is cut or unknown. It is shown as it is.',
    fix: 'Read the raw message, and the kubelet’s log on the node.',
  },
  healthy: {
    title: 'The image is there and the container runs',
    family: 'none',
    owner: 'nobody',
    meaning: 'Nothing is wrong with the image of this pod.',
    fix: 'Nothing to do.',
  },
  undetermined: {
    title: 'It could not be decided',
    family: 'none',
    owner: 'nobody',
    meaning: 'What the answer needs could not be looked at.',
    fix: 'Give the bot the rights that are named as missing, or repair what it could not reach, and run it again.',
  },
} as const satisfies Record<string, CauseInfo>;
