import type { RegistryHabits } from '../habits.ts';

/**
 * Amazon ECR Public: asked by the registry protocol alone. Its own API (us-east-1 only) describes images to their owner, and almost
 * everybody who pulls from here is somebody else. Anonymous pulls are allowed; a login is the user AWS for 12 hours, and a 403 at the
 * manifest is mostly one that has run out. A page holds at most 1000 tags, asking for more is refused.
 */
export const ecrPublic: RegistryHabits = {
  kind: 'ecr-public',
  userFault: (username) => (username === 'AWS' ? undefined : 'Amazon ECR takes the user AWS only'),
  hides: ({ outcome }) => (outcome.kind === 'denied' && outcome.at === 'manifest' ? 'missing-or-forbidden' : undefined),
};
