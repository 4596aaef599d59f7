/** A pod that runs, while its workload's template has moved on to another image: all is well, and not what was rolled out last. */
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { kubectlName } from '../target/target.ts';
import { commandLine } from './shell.ts';
import { tidy } from './words.ts';

/**
 * Empty where template and pod agree. Something at admission may write other images into pods than the template has, so a difference
 * tells only where the rollout has not come to its end.
 */
export function newerTemplate({ workload, container }: Evidence): string[] {
  const owner = valueOf(workload);
  const own = valueOf(container);
  if (owner === undefined || own === undefined || own.role === 'ephemeral') return [];
  if (owner.kind === 'Job' || owner.kind === 'CronJob') return [];
  const wanted = Object.hasOwn(owner.images, own.name) ? owner.images[own.name] : undefined;
  const { updated, desired } = owner.replicas;
  if (wanted === undefined || wanted === own.image || !(owner.paused || updated < desired)) return [];
  const name = kubectlName(owner);
  const resume = commandLine('kubectl', 'rollout', 'resume', name, '-n', owner.namespace);
  const why = owner.paused ? `it is paused, so nothing rolls out until somebody types: ${resume}` : OVERTAKEN;
  return [`${name} names ${tidy(wanted)} by now and this pod still runs ${tidy(own.image)}: ${why}`];
}

const OVERTAKEN = 'its rollout has not reached this pod';
