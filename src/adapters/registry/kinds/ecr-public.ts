import { hours, type RegistryHabits } from '../habits.ts';

/** Amazon ECR Public: anonymous pulls are allowed; its own GetAuthorizationToken, in us-east-1 only. */
export const ecrPublic: RegistryHabits = {
  kind: 'ecr-public',
  hosts: ['public.ecr.aws'],
  auth: { scheme: 'bearer', users: ['AWS'], lifeMs: hours(12) },
  quotaHeaders: [],
  page: { most: 1000, beyond: 'refused' },
  tagOrder: 'unknown',
  pushTime: 'DescribeImages: imagePushedAt',
  immutability: [],
  hides: ({ outcome }) => (outcome.kind === 'denied' && outcome.at === 'manifest' ? 'missing-or-forbidden' : undefined),
};
