/** The other images of a workload, asked for before a restart is offered. */
import { describe, expect, it } from '@jest/globals';
import { collectCase } from '../../src/evidence/collect.ts';
import type { AccessOutcome } from '../../src/evidence/registry-access.ts';
import { siblingTrouble } from '../../src/flow/siblings.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { aContainer, aPod, aRunningContainer, aWorkload, IMAGE } from '../support/snapshots.ts';

const { signal } = new AbortController();
const gone: AccessOutcome = { kind: 'missing', code: 'MANIFEST_UNKNOWN', message: '' };
const restart = { id: 'restart-rollout', title: '', risk: 'disruptive', command: '', params: {} } as const;

async function trouble(others: number, images = others) {
  const names = Array.from({ length: others }, (_, index) => `side-${index}`);
  const image = (index: number) => `registry.example.com/team/side-${index % images}:1`;
  const sides = names.map((name, index) => aRunningContainer({ name, image: image(index) }));
  const pod = aPod({ containers: [aContainer(), ...sides] });
  const template = Object.fromEntries(names.map((name, index) => [name, image(index)]));
  const story = aStory({ pods: [pod], workloads: [aWorkload({ images: { api: IMAGE, ...template } })] });
  const registry = fakeRegistry(() => gone);
  const outside = { cluster: fakeCluster(story), registry, signal, ownCredential: () => undefined };
  const one = collectCase({ namespace: pod.namespace, pod: pod.name, container: 'api' }, outside);
  await one.view(['workload', 'container']);
  return { why: await siblingTrouble({ remedies: [restart] }, [pod], [one], outside), calls: registry.calls };
}

describe('before a restart is offered', () => {
  it('every other image is asked for once, whatever number of containers run it', async () => {
    const { why, calls } = await trouble(6, 3);
    expect(why).toContain('registry.example.com/team/side-0:1 would fail now');
    expect(new Set(calls).size).toBe(calls.length);
  });

  it('the fifth is asked for too, and so many that they cannot all be asked for keep it back', async () => {
    expect((await trouble(5)).calls.join()).toContain('team/side-4');
    expect((await trouble(9)).why).toContain('9 more images, too many to ask');
  });
});
