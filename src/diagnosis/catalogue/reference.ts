/** Causes that lie in what the pod asks for: the reference, or the build that should have made it. */
import type { CauseInfo } from '../cause.ts';

export const REFERENCE_CAUSES = {
  'image-not-found': {
    title: 'The image does not exist',
    family: 'reference',
    owner: 'team that deploys',
    meaning:
      'The registry answered that this image is not there. Tag, digest or repository: the message does not say which.',
    fix: 'Compare the reference with the registry’s tag list and deploy one that exists, or push it. Rotating credentials will not help.',
  },
  'invalid-reference': {
    title: 'The image reference cannot be parsed',
    family: 'reference',
    owner: 'team that deploys',
    meaning:
      'The text in the pod is not an image reference, so the kubelet never asked a registry. Mostly a template variable was empty.',
    fix: 'Correct the value in the manifest or chart and roll out again.',
  },
  'short-name-unresolved': {
    title: 'The node does not know which registry the short name means',
    family: 'reference',
    owner: 'team that deploys',
    meaning: 'The image is written without a registry, and CRI-O refuses to guess one.',
    fix: 'Write the full name with its registry in the manifest, for example docker.io/library/nginx:1.27.',
  },
  'platform-mismatch': {
    title: 'The image was not built for this node’s platform',
    family: 'reference',
    owner: 'build pipeline',
    meaning:
      'The image exists, but not for the operating system and CPU of the node. containerd ends this message in "not found" as well.',
    fix: 'Build and push the missing platform, or steer the pod to matching nodes with a node selector.',
  },
  'manifest-unsupported': {
    title: 'The node’s runtime cannot read this image format',
    family: 'reference',
    owner: 'build pipeline',
    meaning:
      'The manifest or a layer is in a format that this runtime refuses, such as schema 1, which containerd 2.1 dropped.',
    fix: 'Build the image again with a current builder and push it; until then run it on nodes whose runtime still reads it.',
  },
  'tag-not-found': {
    title: 'The tag does not exist',
    family: 'reference',
    owner: 'team that deploys',
    meaning:
      'The repository can be read and this tag is not in it: it was never pushed, was deleted, or the name was computed differently.',
    fix: 'Deploy one of the nearest existing tags or push the missing one. Neither a restart nor new credentials will help.',
  },
  'repository-not-found': {
    title: 'The repository does not exist',
    family: 'reference',
    owner: 'team that deploys',
    meaning:
      'The registry can be read and has no repository of this path: a typing error, the wrong registry, or nothing was pushed yet.',
    fix: 'Correct the path in the manifest, or push the image to the path that the pod asks for.',
  },
  'digest-not-found': {
    title: 'The pinned digest does not exist',
    family: 'reference',
    owner: 'team that deploys',
    meaning:
      'The repository can be read and holds no manifest of this digest: retention removed it, or the pin names another repository.',
    fix: 'Pin a digest that exists (look at the tag the pin came from) and exempt pinned images from the retention rule.',
  },
  'ci-output-lost': {
    title: 'The pipeline lost the image tag between jobs',
    family: 'reference',
    owner: 'build pipeline',
    meaning:
      'The deploy job reads an output of a job that it does not need, or that is never set: the value is empty and the run stays green.',
    fix: 'Name the producing job in needs (or hand the output on), run the pipeline again, and let an empty tag fail the job.',
  },
  'ci-silent-fallback': {
    title: 'A script made up the image tag',
    family: 'reference',
    owner: 'build pipeline',
    meaning: 'A script replaces an empty tag by one of its own making, and nothing was ever pushed under that name.',
    fix: 'Remove the fallback so that an empty tag fails the deploy, and deploy the tag that was pushed.',
  },
  'build-failed': {
    title: 'The build of this image failed',
    family: 'reference',
    owner: 'build pipeline',
    meaning: 'The run that should have pushed the image ended with an error, and the deployment went on without it.',
    fix: 'Repair the build and run it again, or roll back to the last image that exists.',
  },
  'build-never-ran': {
    title: 'Nothing ever built this image',
    family: 'reference',
    owner: 'build pipeline',
    meaning: 'No run was found that would have pushed this image.',
    fix: 'Start the build for this commit, or deploy an image that exists.',
  },
  'build-running': {
    title: 'The build of this image is still running',
    family: 'reference',
    owner: 'build pipeline',
    meaning:
      'The image is not there yet because its build has not finished. The kubelet retries by itself, at most 5 minutes apart.',
    fix: 'Wait for the build, and make the deploy step wait for it next time.',
  },
} as const satisfies Record<string, CauseInfo>;
