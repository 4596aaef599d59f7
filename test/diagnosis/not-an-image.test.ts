/** What containerd 2 takes from the registry although it is no image, and then cannot make a container of. */
import { describe, expect, it } from '@jest/globals';
import { absent, observed } from '../../src/evidence/observation.ts';
import type { ContainerSnapshot } from '../../src/evidence/snapshots.ts';
import { access, anyone, attempt, evidence, manifest, verdictOf, waiting } from './support.ts';

const helm = { name: 'a Helm chart', type: 'application/vnd.cncf.helm.config.v1+json' };
const chart = access(attempt(anyone, { kind: 'found', manifest: { ...manifest, artifact: helm } }));
const image = access(attempt(anyone, { kind: 'found', manifest }));
/** Seen on containerd 2.4.2. */
const unmade: ContainerSnapshot = {
  ...waiting,
  waitingReason: 'CreateContainerError',
  waitingMessage: 'failed to generate container "08" spec: failed to generate spec: no command specified',
};
const verdict = (registryAccess: typeof chart, container = unmade) =>
  verdictOf(evidence({ registryAccess, container: observed(container), pullFailure: absent }));

describe('a container that cannot be made', () => {
  it('is the matter of what was pulled for an image', () => {
    expect(verdict(chart)).toMatchObject({
      cause: 'manifest-unsupported',
      confidence: 'likely',
      summary: expect.stringMatching(/is a Helm chart .* The node took it and cannot make a container of it/),
    });
  });

  it('also where it brings a command of its own, which is not there', () => {
    const ended = { waitingReason: 'CrashLoopBackOff', terminatedReason: 'StartError', restartCount: 2 };
    expect(verdict(chart, { ...unmade, ...ended }).cause).toBe('manifest-unsupported');
  });

  it('is no matter of an image that is one', () => {
    expect(verdict(image)).toMatchObject({
      cause: 'not-an-image-problem',
      summary: expect.stringContaining('names a command to run'),
    });
  });

  it('and a program that crashes is no matter of what else has its name', () => {
    const ended = { waitingReason: 'CrashLoopBackOff', terminatedReason: 'Error', exitCode: 1, restartCount: 2 };
    expect(verdict(chart, { ...unmade, ...ended }).cause).toBe('container-crashing');
  });
});
