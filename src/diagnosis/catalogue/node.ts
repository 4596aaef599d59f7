/** Causes on the node, and policies that forbid the pull. */
import type { CauseInfo } from '../cause.ts';

export const NODE_CAUSES = {
  'node-disk': {
    title: 'The node’s disk is full',
    family: 'node',
    owner: 'platform',
    meaning: 'There is no space (or no inode) left where the node keeps images.',
    fix: 'Free or enlarge the image disk, or cordon the node so that the pod lands elsewhere.',
  },
  'node-storage': {
    title: 'The node’s image store is damaged',
    family: 'node',
    owner: 'platform',
    meaning:
      'The node misses parts of images it believes to have, or its image disk is read-only. The words "not found" here are not about the registry.',
    fix: 'Cordon the node, remove the image on it and pull again; replace the node if it returns.',
  },
  'digest-mismatch': {
    title: 'What arrived is not what was announced',
    family: 'node',
    owner: 'platform',
    meaning:
      'Size or digest of the downloaded data is wrong: a mirror or proxy changes content, or a partial download was kept.',
    fix: 'One node: remove the partial content and retry. All nodes: purge the mirror’s cache and compare with the origin.',
  },
  'runtime-unavailable': {
    title: 'The node’s container runtime does not answer',
    family: 'node',
    owner: 'platform',
    meaning: 'The kubelet cannot talk to the runtime, or the runtime offers no image service.',
    fix: 'Look at the runtime’s service on the node, above all after an upgrade; drain the node if it does not recover.',
  },
  'kubelet-throttled': {
    title: 'The kubelet limits its own pulls',
    family: 'node',
    owner: 'nobody',
    meaning: 'Many pods started on one node at once. It clears by itself, and the real error, if any, comes after it.',
    fix: 'Wait a minute and look again. Raise registryPullQPS or allow parallel pulls if it happens often.',
  },
  'never-pull-policy': {
    title: 'The pod forbids pulling, and the image is not on the node',
    family: 'policy',
    owner: 'team that deploys',
    meaning: 'imagePullPolicy is Never, so the kubelet does not ask any registry.',
    fix: 'Set imagePullPolicy to IfNotPresent, or load the image onto the node.',
  },
  'signature-rejected': {
    title: 'The image’s signature was not accepted',
    family: 'policy',
    owner: 'security',
    meaning: 'The signature is missing, by another identity, or the signature policy cannot be read.',
    fix: 'Sign the image in its pipeline, or let security correct the policy. Do not bypass it.',
  },
  'stale-cached-image': {
    title: 'The node runs an older image of the same tag',
    family: 'node',
    owner: 'team that deploys',
    meaning: 'The tag was pushed again, and the node kept what it had because the pull policy let it.',
    fix: 'Deploy a tag that never moves or a digest; imagePullPolicy Always makes a restart fetch the new image.',
  },
} as const satisfies Record<string, CauseInfo>;
