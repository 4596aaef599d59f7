/** The tag that was pushed for the same commit, by its digest where the registry would let somebody push over it. */
import { describe, expect, it } from '@jest/globals';
import { readJobLog } from '../../src/build/job-log.ts';
import type { BuildTrace } from '../../src/evidence/build-trace.ts';
import { notCollected, observed } from '../../src/evidence/observation.ts';
import type { TagDetail } from '../../src/evidence/tag-details.ts';
import { parseReference } from '../../src/image/reference.ts';
import { setImage } from '../../src/remediation/remedies/set-image.ts';
import { evidence, tagList } from '../diagnosis/support.ts';
import { aJob, aRun } from '../support/fake-code-host.ts';
import { aStory } from '../support/readers.ts';
import { aContainer, aWorkload } from '../support/snapshots.ts';
import { fakePorts, signal } from './fakes.ts';

const REPOSITORY = 'registry.example.com/team/api';
const PUSHED = 'a1b2c3d-2026-05-24-17-52';
const ASKED = `${REPOSITORY}:a1b2c3d-2026-05-24-17-54`;
const [FIRST, SECOND] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];

/** BuildKit's own words. */
const push = (digest: string, repository = REPOSITORY, tag = PUSHED) =>
  `#12 pushing manifest for ${repository}:${tag}@${digest} 0.7s done`;

/** Each line is in the log of a job of its own. */
function trace(lines: readonly string[]): BuildTrace {
  const run = aRun();
  const jobs = observed(lines.map((line) => ({ job: aJob(), log: observed(readJobLog(line)) })));
  return {
    repository: run.repository,
    linkedBy: 'source-label',
    commit: notCollected('not asked'),
    runs: observed([{ run, jobs, workflow: notCollected('not asked'), files: [], earlier: [] }]),
    searched: [],
  };
}

/** What the button would run, where the registry says this of the tag and each build’s log has one of these lines. */
function offered(told: Omit<TagDetail, 'tag'>, lines: readonly string[]) {
  const container = aContainer({ image: ASKED });
  const given = evidence({
    container: observed(container),
    reference: observed(parseReference(ASKED)),
    workload: observed(aWorkload({ images: { [container.name]: ASKED } })),
    gitopsSource: notCollected('nobody but its team writes it'),
    tags: tagList(PUSHED),
    tagDetails: observed({ kind: 'told', source: 'the registry', tags: [{ tag: PUSHED, ...told }] }),
    buildTrace: observed(trace(lines)),
  });
  const target = { cluster: 'test', namespace: 'staging', kind: 'Deployment', name: 'api' } as const;
  const finding = {
    cause: 'tag-not-found',
    confidence: 'certain',
    because: ['tags'],
    summary: 'Nobody pushed it.',
    detail: {},
    alternatives: [],
  } as const;
  return setImage.propose({ target, finding, evidence: given, credentialHosts: [] });
}

describe('the image that the button runs', () => {
  it('is pinned to what the build pushed, where the registry lets its tag be pushed over', () => {
    expect(offered({ isImmutable: false }, [push(FIRST)])?.to).toBe(`${REPOSITORY}:${PUSHED}@${FIRST}`);
    expect(offered({ isImmutable: false }, [push(FIRST), push(FIRST)])?.to).toBe(`${REPOSITORY}:${PUSHED}@${FIRST}`);
  });

  it('is the plain tag where it cannot move, or nobody says that it can', () => {
    expect(offered({ isImmutable: true }, [push(FIRST)])?.to).toBe(`${REPOSITORY}:${PUSHED}`);
    expect(offered({}, [push(FIRST)])?.to).toBe(`${REPOSITORY}:${PUSHED}`);
  });

  it.each([
    ['none', []],
    ['two of them', [push(FIRST), push(SECOND)]],
    ['one of another tag', [push(FIRST, REPOSITORY, 'a1b2c3d-2026-05-24-17-51')]],
    ['one of another repository', [push(FIRST, 'registry.example.com/team/web')]],
    ['one whose repository is masked', [push(FIRST, '***/team/api')]],
  ])('is the plain tag where the logs name no digest for certain: %s', (_, lines) => {
    expect(offered({ isImmutable: false }, lines)?.to).toBe(`${REPOSITORY}:${PUSHED}`);
  });

  it('is what a person would type, and the plan says why it is pinned', async () => {
    const params = offered({ isImmutable: false }, [push(FIRST)]);
    if (params === undefined) throw new Error('not offered');
    expect(setImage.command(params)).toBe(
      `kubectl set image deployment/api api=${REPOSITORY}:${PUSHED}@${FIRST} -n staging`,
    );
    const story = aStory({ workloads: [aWorkload({ images: { [params.container]: ASKED } })], pods: [] });
    const planned = await setImage.run(params, fakePorts(story), 'dry-run', signal);
    expect(JSON.stringify(planned)).toContain('pinned to the digest that its build pushed');
  });
});
