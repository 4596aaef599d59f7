import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CAUSES } from '../../src/diagnosis/catalogue.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { assertUniqueIds, loadRunbook, readRunbook } from '../../src/runbook/load.ts';
import { selectRunbook } from '../../src/runbook/select.ts';

const known = { checks: ['pull-error', 'tag-exists'], remedies: ['set-image'], causes: ['tag-not-found'] };

const SOUND = `runbook: image-pull
title: Container image cannot be pulled
trigger: { alerts: [KubePodImagePullBackOff], reasons: [ErrImagePull] }
steps:
  - { id: read-error, ask: What does the kubelet say?, check: pull-error }
  - { id: tag, ask: Does the tag exist?, check: tag-exists }
offer: { tag-not-found: [set-image] }
clocks: { acknowledgeAfter: 90s, resolveAfter: 20m }
escalate:
  - { when: unresolved, after: 1h, say: "{workload} in {namespace} is blocked by {cause}" }
`;

/** `line:column message` of everything wrong. */
function problems(text: string): readonly string[] {
  const reading = readRunbook(text, known);
  return reading.ok ? [] : reading.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('a runbook file', () => {
  it('becomes a runbook with its durations in ms', () => {
    expect(loadRunbook('image-pull.yaml', SOUND, known)).toEqual({
      id: 'image-pull',
      title: 'Container image cannot be pulled',
      trigger: { alerts: ['KubePodImagePullBackOff'], reasons: ['ErrImagePull'] },
      steps: [
        { id: 'read-error', ask: 'What does the kubelet say?', check: 'pull-error' },
        { id: 'tag', ask: 'Does the tag exist?', check: 'tag-exists' },
      ],
      offer: { 'tag-not-found': ['set-image'] },
      acknowledgeAfterMs: 90_000,
      resolveAfterMs: 1_200_000,
      escalate: [{ when: 'unresolved', say: '{workload} in {namespace} is blocked by {cause}', afterMs: 3_600_000 }],
    });
  });

  it('may give any condition a time of its own', () => {
    const sooner = SOUND.replace('when: unresolved, after: 1h', 'when: registry-down, after: 10m');
    expect(loadRunbook('image-pull.yaml', sooner, known).escalate).toMatchObject([
      { when: 'registry-down', afterMs: 600_000 },
    ]);
  });

  it('points at a misspelt key', () => {
    expect(problems(SOUND.replace('check: tag-exists', 'chek: tag-exists')).join('\n')).toMatch(
      /6:\d+ steps\.1: Unrecognized key: "chek"/,
    );
  });

  it.each([
    ['check: tag-exists', 'check: tag-exist', /^6:\d+ no check is called "tag-exist"; known: pull-error, tag-exists$/],
    ['id: tag,', 'id: read-error,', /^6:\d+ the step id "read-error" is used twice$/],
    ['[set-image]', '[reboot]', /^7:\d+ no remedy is called "reboot"; known: set-image$/],
    ['{ tag-not-found:', '{ tag-missing:', /^7:\d+ no cause is called "tag-missing"$/],
    ['90s', '90 seconds', /^8:\d+ clocks\.acknowledgeAfter: write a duration like 90s, 20m or 1h$/],
    ['{cause}', '{password}', /^10:\d+ escalate\.0\.say: \{password\} is not known here/],
    ['title: Container image cannot be pulled', 'title: [', /^\d+:\d+ /],
  ])('says where %s -> %s is wrong', (from, to, expected) => {
    const [first] = problems(SOUND.replace(from, to));
    expect(first).toMatch(expected);
  });

  it('names the file in the error that ends the program', () => {
    const broken = SOUND.replace('check: tag-exists', 'check: nothing');
    expect(() => loadRunbook('my.yaml', broken, known)).toThrow(/^my\.yaml:6:\d+: no check is called "nothing"/);
  });

  it('survives an alias bomb and an empty file', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n`;
    expect(problems(bomb).length).toBeGreaterThan(0);
    expect(problems('').length).toBeGreaterThan(0);
  });

  it('escalates when its rule says so, where no clock is set', () => {
    const text = SOUND.replace('clocks: { acknowledgeAfter: 90s, resolveAfter: 20m }', 'clocks: {}');
    expect(loadRunbook('a.yaml', text, known).resolveAfterMs).toBe(3_600_000);
    expect(loadRunbook('a.yaml', SOUND, known).resolveAfterMs).toBe(1_200_000);
  });

  it('may not share its id with another', () => {
    const runbook = loadRunbook('a.yaml', SOUND, known);
    expect(() => assertUniqueIds([runbook, runbook])).toThrow('two runbooks are called image-pull');
    expect(() => assertUniqueIds([runbook])).not.toThrow();
  });
});

describe('the runbooks that are shipped', () => {
  const shipped = readdirSync('deploy/runbooks').map((file) =>
    loadRunbook(file, readFileSync(`deploy/runbooks/${file}`, 'utf8'), {
      checks: CHECKS.map(({ id }) => id),
      remedies: REMEDIES.map(({ id }) => id),
      causes: Object.keys(CAUSES),
    }),
  );

  it('can be read, and ask every check', () => {
    expect(() => assertUniqueIds(shipped)).not.toThrow();
    const asked = shipped.flatMap(({ steps }) => steps.map(({ check }) => check));
    expect(CHECKS.map(({ id }) => id).filter((id) => !asked.includes(id))).toEqual([]);
  });

  it('are chosen by alert name or by waiting reason', () => {
    expect(selectRunbook(shipped, { alert: 'KubePodImagePullBackOff' })?.id).toBe('image-pull');
    expect(selectRunbook(shipped, { reason: 'ErrImageNeverPull' })?.id).toBe('image-pull');
    expect(selectRunbook(shipped, { alert: 'KubePodCrashLooping', reason: 'CrashLoopBackOff' })?.id).toBe('crash-loop');
    expect(selectRunbook(shipped, { alert: 'KubeContainerWaiting', reason: 'CrashLoopBackOff' })?.id).toBe(
      'crash-loop',
    );
    expect(selectRunbook(shipped, { alert: 'KubeNodeNotReady' })).toBeUndefined();
    expect(selectRunbook(shipped, {})).toBeUndefined();
  });

  it('page after 20 minutes without a resolution', () => {
    const [imagePull] = shipped.filter(({ id }) => id === 'image-pull');
    expect(imagePull).toMatchObject({ acknowledgeAfterMs: 300_000, resolveAfterMs: 1_200_000 });
    expect(imagePull!.escalate.find(({ when }) => when === 'unresolved')).toMatchObject({ afterMs: 1_200_000 });
  });
});
