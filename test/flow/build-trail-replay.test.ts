/** What is known of a build comes out of a case file as it went in. */
import { expect, it } from '@jest/globals';
import { writeCase } from '../../src/adapters/files/case-file.ts';
import type { WorkflowRun } from '../../src/build/run.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import { replayText } from '../../src/wire/cases.ts';
import { BEFORE, BUILD, buildJob, COMMIT, DAY, ended, IMAGE, OLDER, SIBLING } from '../support/build-trail.ts';
import { createManualClock } from '../support/clock.ts';
import { aSha, type RepositoryStory } from '../support/fake-code-host.ts';
import { at, codeHost, FILE, registry, SHA } from '../support/lost-tag-story.ts';
import { open, runbook } from '../support/lost-tag-world.ts';

const { conclusion: _none, ...OPEN } = ended('success');
const LATER: WorkflowRun = { ...BEFORE, id: 44, number: 43, headSha: aSha('next'), createdAt: at('17:52:30') };

const STORIES: readonly (readonly [string, Partial<RepositoryStory>])[] = [
  ['a run that was superseded', { runs: [LATER, ended('cancelled', { updatedAt: at('17:52:40') })], jobs: { 41: [] } }],
  ['a build that waits for an approval', { runs: [{ ...OPEN, progress: 'waiting', held: 'approval' }] }],
  ['a commit without a run, beside a gap in the numbers', { runs: [LATER, BEFORE] }],
  ['a step that was skipped', { runs: [ended('success')], jobs: { 41: [buildJob('success', 'skipped')] } }],
];

it.each(STORIES)('%s', async (_name, story) => {
  const host = codeHost({
    jobs: {},
    logs: {},
    commits: [COMMIT, { sha: OLDER, at: at('08:55:00'), title: 'Before' }],
    refs: { main: SHA },
    files: { [SHA]: { [FILE]: BUILD }, [OLDER]: { [FILE]: BUILD } },
    ...story,
    runs: [...(story.runs ?? []), BEFORE],
  });
  const clock = createManualClock(COMMIT.at + DAY);
  const seen: Recording[] = [];
  const diagnosis = await open({ host, image: IMAGE, images: registry([SIBLING]), deps: { clock } }).look((one) =>
    seen.push(one),
  );
  const [recording] = seen;
  if (recording === undefined) throw new Error('nothing was recorded');
  const again = await replayText(writeCase(recording, 'test'), 'case.json', [runbook]);
  expect(again.findings).toEqual(diagnosis.findings);
  expect(again.verdict).toEqual(diagnosis.verdict);
});
