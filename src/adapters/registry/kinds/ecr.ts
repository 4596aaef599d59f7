import type { RegistryHabits } from '../habits.ts';

/**
 * Amazon ECR, private: Basic with the user AWS and a token that lives 12 hours. Rights are judged before existence, so a 403 says
 * nothing about the repository; MANIFEST_UNKNOWN comes only from a repository that is there. NAME_UNKNOWN decides nothing: a
 * pull-through cache says it for a missing right as well. DENIED is also what a token past its time or one that it does not take is
 * told (https://github.com/akuity/kargo/issues/3482). A page holds at most 1000 tags, asking for more is a 405. Push times and
 * immutability come through ecr.ts, with AWS credentials of Pullcheck's own.
 */
export const ecr: RegistryHabits = {
  kind: 'ecr',
  userFault: (username) => (username === 'AWS' ? undefined : 'Amazon ECR takes the user AWS only'),
  hides({ outcome }) {
    if (outcome.kind === 'missing') return outcome.code === 'MANIFEST_UNKNOWN' ? null : undefined;
    if (outcome.kind !== 'denied') return undefined;
    return /\bexpired\b|\btoken is invalid\b/i.test(outcome.message) ? undefined : 'missing-or-forbidden';
  },
};
