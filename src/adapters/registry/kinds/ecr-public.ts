import type { RegistryHabits } from '../habits.ts';

/**
 * Amazon ECR Public: asked by the registry protocol alone. Its own API (us-east-1 only) describes images to their owner, and almost
 * everybody who pulls from here is somebody else. Every repository is public, so what is not there is said to anybody, with its name.
 * A login is the user AWS for 12 hours; one past its time spoils even public images. A token that it does not take is a 400 with DENIED
 * (https://github.com/aws/containers-roadmap/issues/2835). A page holds at most 1000 tags, asking for more is refused.
 */
export const ecrPublic: RegistryHabits = {
  kind: 'ecr-public',
  userFault: (username) => (username === 'AWS' ? undefined : 'Amazon ECR takes the user AWS only'),
  hides({ outcome }) {
    if (outcome.kind === 'missing') return /^(?:NAME|MANIFEST)_UNKNOWN$/.test(outcome.code) ? null : undefined;
    if (outcome.kind !== 'denied' || outcome.at !== 'manifest') return undefined;
    return /\btoken (?:has expired|is invalid)\b/i.test(outcome.message) ? undefined : 'missing-or-forbidden';
  },
};
