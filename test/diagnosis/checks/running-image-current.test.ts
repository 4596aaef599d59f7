/** The node's copy beside what the tag means now: when that is proven, when only likely, when it is no question. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { absent, observed } from '../../../src/evidence/observation.ts';
import type { RunningImage } from '../../../src/evidence/running-image.ts';
import type { ContainerSnapshot } from '../../../src/evidence/snapshots.ts';
import type { TagDetail } from '../../../src/evidence/tag-details.ts';
import { parseReference } from '../../../src/image/reference.ts';
import {
  allForbidden,
  allUncollected,
  allUnreachable,
  diagnose,
  evidence,
  firstFinding,
  HOST,
  manifest,
  runCheck,
  running,
  verdictOf,
} from '../support.ts';

const repository = `${HOST}/team/api`;
const OLD = `sha256:${'b'.repeat(64)}`;

const moved: RunningImage = {
  running: { of: 'manifest', digest: OLD, repository },
  now: manifest,
  match: 'different',
  copies: [
    { node: 'node-1', digest: OLD, pods: ['api-1', 'api-2'] },
    { node: 'node-2', digest: manifest.digest, pods: ['api-3'] },
  ],
};

function story(seen: Partial<RunningImage>, container: Partial<ContainerSnapshot> = {}): Evidence {
  return evidence({
    container: observed({ ...running, imageID: `${repository}@${OLD}`, ...container }),
    runningImage: observed({ ...moved, ...seen }),
  });
}
function check(given: Evidence) {
  return runCheck('running-image-current', given);
}

describe('is what runs the image that the tag means now', () => {
  it('passes where it is, and rules an old copy out', () => {
    expect(check(story({ match: 'same' }))).toMatchObject({
      verdict: 'pass',
      note: expect.stringContaining(manifest.digest),
      ruledOut: [{ cause: 'stale-cached-image' }],
    });
  });

  it.each([
    ['proven: a manifest of the same repository that is none of its', {}, {}, 'certain'],
    [
      'proven: another name of it, but its platform’s manifest differs',
      {
        running: { of: 'manifest', digest: OLD, repository: 'mirror.example.com/api' },
        before: { ...manifest, platforms: [], digest: OLD, configDigest: OLD },
        now: { ...manifest, platforms: [], configDigest: manifest.digest },
      },
      {},
      'certain',
    ],
    ['proven: another config', { running: { of: 'config', digest: OLD } }, {}, 'certain'],
    [
      'likely: the node knows it by another name only',
      { running: { of: 'manifest', digest: OLD, repository: 'mirror.example.com/api' } },
      {},
      'likely',
    ],
    ['likely: a HEAD tells no platforms', { now: { ...manifest, headOnly: true } }, {}, 'likely'],
    ['likely: the node never asks the registry', {}, { pullPolicy: 'Never' }, 'likely'],
  ] as const)('%s', (_story, seen, container, confidence) => {
    expect(firstFinding(check(story(seen, container)))).toBe(`stale-cached-image ${confidence}`);
  });

  it.each([
    ['IfNotPresent', 'keeps its copy and a restart does not help', false],
    ['Always', 'a restart pulls the new one', true],
    ['Never', 'never going to ask the registry', false],
    ['unknown', 'not known', false],
  ] as const)('says under %s whether a restart would help', (pullPolicy, words, restartHelps) => {
    const result = check(story({}, { pullPolicy }));
    expect(result).toMatchObject({
      note: expect.stringContaining(words),
      findings: [{ detail: { pullPolicy, restartHelps } }],
    });
  });

  it('names digests, nodes and their pods, and only the nodes with an old copy in the sentence', () => {
    const result = check(story({}));
    expect(result.note).toContain('after node node-1 had pulled it');
    expect(result).toMatchObject({
      findings: [
        {
          because: ['container', 'reference', 'runningImage'],
          detail: {
            tag: '1.4.2-17-54',
            running: OLD,
            now: manifest.digest,
            isMutableTag: false,
            platform: 'linux/amd64',
            nodes: [`node-1: ${OLD} (2 pods)`, `node-2: ${manifest.digest} (1 pod)`],
          },
        },
      ],
    });
    const latest = parseReference(`${repository}:latest`);
    const given = { ...story({}, { image: `${repository}:latest` }), reference: observed(latest) };
    expect(check(given)).toMatchObject({ findings: [{ detail: { tag: 'latest', isMutableTag: true } }] });
  });

  it('decides nothing where node and registry speak of different things', () => {
    expect(check(story({ running: { of: 'config', digest: OLD }, match: 'unknown' }))).toMatchObject({
      verdict: 'inconclusive',
      missing: ['runningImage'],
    });
  });

  it.each([
    ['waits for its image', evidence()],
    ['has completed', story({}, { state: 'terminated', exitCode: 0 })],
    ['is pinned', { ...story({}), reference: observed(parseReference(`${repository}@${OLD}`)) }],
    ['has no reference', { ...story({}), reference: observed(parseReference('Not A Reference')) }],
  ])('is no question where the container %s', (_story, given) => {
    expect(check(given).verdict).toBe('not-applicable');
  });

  it.each([
    ['forbidden', allForbidden],
    ['unreachable', allUnreachable],
    ['not collected', allUncollected],
  ])('passes nothing while what runs is %s', (_state, gap) => {
    expect(check({ ...story({}), runningImage: gap.runningImage }).verdict).toBe('inconclusive');
    expect(check(gap).verdict).toBe('inconclusive');
  });

  it('passes nothing while what runs is absent', () => {
    expect(check({ ...story({}), runningImage: absent }).verdict).toBe('inconclusive');
  });
});

describe('the verdict on an old image', () => {
  const crash = {
    state: 'waiting',
    waitingReason: 'CrashLoopBackOff',
    exitCode: 1,
    restartCount: 4,
    ready: false,
  } as const;

  it('is not healthy, although the container runs', () => {
    expect(verdictOf(story({}))).toMatchObject({ cause: 'stale-cached-image', confidence: 'certain' });
    expect(diagnose(story({})).lights.reference).toBe('good');
  });

  it('stands before the crash where it is proven, behind it where it is not', () => {
    const causes = (given: Evidence) =>
      diagnose(given).findings.map(({ cause, confidence }) => `${cause} ${confidence}`);
    expect(causes(story({}, crash))).toEqual(['stale-cached-image certain', 'container-crashing likely']);
    expect(causes(story({ now: { ...manifest, headOnly: true } }, crash))).toEqual([
      'container-crashing likely',
      'stale-cached-image likely',
    ]);
    expect(causes(story({ match: 'same' }, crash))).toEqual(['container-crashing certain']);
  });

  it('stays healthy where it could not be compared, and says so', () => {
    const given = evidence({ container: observed(running) });
    const verdict = verdictOf(given);
    expect(verdict.cause).toBe('healthy');
    expect(verdict.summary).toContain('is not known');
  });
});

describe('when the registry tells the time of the push', () => {
  const pushedAt = Date.parse('2026-11-21T17:52:10Z');

  function told(more: Partial<TagDetail>, container: Partial<ContainerSnapshot> = {}) {
    const tags = [{ tag: '1.4.2-17-54', pushedAt, ...more }];
    const given = { ...story({}, container), tagDetails: observed({ kind: 'told' as const, source: 'its API', tags }) };
    const result = check(given);
    if (result.verdict !== 'fail') throw new Error(result.note);
    return result.findings[0];
  }

  it.each([
    ['Always', -60_000, 'pushed 2026-11-21 17:52 UTC; this container has run since 2026-11-21 17:51 UTC.'],
    ['IfNotPresent', 60_000, 'was started after that, at 2026-11-21 17:53 UTC, from the copy that its node had.'],
    ['Always', 60_000, 'yet got an older one: a mirror may answer for the registry'],
  ] as const)('says under %s what happened when: %d ms after the push', (pullPolicy, after, words) => {
    const found = told({}, { pullPolicy, startedAt: pushedAt + after });
    expect(found.summary).toContain(words);
    expect(found.because).toContain('tagDetails');
    expect(found.detail['pushed']).toBe('pushed 2026-11-21 17:52 UTC');
  });

  it('is only likely the node’s copy where the node asked again after the push and still got the old one', () => {
    const asked = told({}, { pullPolicy: 'Always', startedAt: pushedAt + 60_000 });
    expect(asked.confidence).toBe('likely');
    expect(asked.summary).not.toContain('had pulled it');
    expect(told({}, { pullPolicy: 'Always', startedAt: pushedAt - 60_000 }).confidence).toBe('certain');
    expect(told({}, { pullPolicy: 'IfNotPresent', startedAt: pushedAt + 60_000 }).confidence).toBe('certain');
  });

  it('names who pushed, and goes by the registry’s own word on whether the tag moves', () => {
    expect(told({ pushedBy: 'ci-bot' }).summary).toContain('was pushed 2026-11-21 17:52 UTC by ci-bot.');
    expect(told({ isImmutable: false }).summary).toContain('The registry lets this tag be pushed over');
    expect(told({ isImmutable: true }).summary).toContain('refuses to push over this tag now');
    expect(told({}).summary).not.toMatch(/pushed over|push over/);
  });
});

it('says that a node which knows the image by another name may have pulled from there', () => {
  const other = story({ running: { of: 'manifest', digest: OLD, repository: 'mirror.example.com/api' } });
  expect(check(other).note).toContain(
    `The node knows its image as mirror.example.com/api, so it may have pulled from there`,
  );
  expect(check(story({})).note).not.toContain('knows its image as');
});

it('says of a tag that moves by its name how not to meet this again', () => {
  const given = { ...story({}), reference: observed(parseReference(`${repository}:latest`)) };
  expect(check(given).note).toContain('latest is a name that moves: a tag for each build, or a digest,');
  expect(check(story({})).note).not.toContain('a name that moves');
});
