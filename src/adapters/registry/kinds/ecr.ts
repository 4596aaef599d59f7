import { hours, type RegistryHabits } from '../habits.ts';

/**
 * Amazon ECR, private. Rights are judged before existence, so a 403 says nothing about the repository; MANIFEST_UNKNOWN comes only
 * from a repository that is there. NAME_UNKNOWN decides nothing: a pull-through cache says it for a missing right as well.
 */
export const ecr: RegistryHabits = {
  kind: 'ecr',
  hosts: ['123456789012.dkr.ecr.eu-central-1.amazonaws.com', '123456789012.dkr-ecr.eu-central-1.on.aws'],
  auth: { scheme: 'basic', users: ['AWS'], lifeMs: hours(12) },
  quotaHeaders: [],
  page: { most: 1000, beyond: 'refused' },
  tagOrder: 'unknown',
  pushTime: 'DescribeImages: imagePushedAt',
  immutability: ['IMMUTABLE', 'MUTABLE', 'IMMUTABLE_WITH_EXCLUSION', 'MUTABLE_WITH_EXCLUSION'],
  hides({ outcome }) {
    if (outcome.kind === 'missing') return outcome.code === 'MANIFEST_UNKNOWN' ? null : undefined;
    if (outcome.kind !== 'denied') return undefined;
    return /\bexpired\b/i.test(outcome.message) ? undefined : 'missing-or-forbidden';
  },
};
