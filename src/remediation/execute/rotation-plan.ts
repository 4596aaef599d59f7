/** What a rotation of a pull secret would change, for the person who confirms it. */
import { overwriting } from '../../evidence/managed-by.ts';
import type { SecretSnapshot } from '../../evidence/snapshots.ts';
import type { RemedyPlan } from '../remedy.ts';
import type { StuckPods } from './stuck-pods.ts';

interface Rotated extends Pick<SecretSnapshot, 'managedBy'> {
  readonly namespace: string;
  readonly secret: string;
  readonly entry: string;
}

/** User names, and what else is in the Secret. */
export interface Users {
  readonly before: string | undefined;
  readonly after: string;
  /** Entries of the Secret beside this one. */
  readonly others: number;
}

/** A line each way only where it changes. */
function userLines({ before, after }: Users): string[] {
  return before === after
    ? [`  username: ${after} (stays)`]
    : [`- username: ${before ?? '(not readable)'}`, `+ username: ${after}`];
}

/** Shown in the confirm view. Names and counts only, never a password. */
export function rotationPlan(params: Rotated, user: Users, pods: StuckPods): RemedyPlan {
  const names = pods.owned.map((pod) => pod.name);
  return {
    diff: [
      `  secret/${params.secret} (namespace ${params.namespace}), entry ${params.entry}${user.others === 0 ? '' : `; ${user.others} more in it left alone`}`,
      ...userLines(user),
      '- password: (kept in a copy until the pull is seen to work)',
      '+ password: (from the configured source, tried on the registry just now; never shown)',
    ],
    consequences: [
      ...(params.managedBy === undefined ? [] : [overwriting(`secret/${params.secret}`, params.managedBy)]),
      'The kubelet would retry by itself within 5 minutes with the new credential.',
      names.length > 0
        ? `For an immediate retry the stuck pods are deleted and their owner makes new ones: ${names.join(', ')}.`
        : 'No stuck pod has to be deleted.',
      ...(pods.spared.length > 0
        ? [
            `Left alone until the kubelet retries, because nothing would make them again or a container of theirs runs: ${pods.spared.map((pod) => pod.name).join(', ')}.`,
          ]
        : []),
      'Healthy pods are left alone. If the next pull is rejected, the old credential is put back.',
    ],
  };
}
