/** The same account in the terminal, in a Slack thread, and again from a case file. */
import { describe, expect, it } from '@jest/globals';
import { writeCase } from '../../src/adapters/files/case-file.ts';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import type { Recording } from '../../src/diagnosis/recording.ts';
import { replayText } from '../../src/wire/cases.ts';
import { BUILD_LOG, codeHost, DEPLOY_LOG, FILE, log, PUSHED, READ_LINE, SHA } from '../support/lost-tag-story.ts';
import { chainOf, look, open, runbook } from '../support/lost-tag-world.ts';

const STEPS = [
  'job build pushed a1b2c3d-2026-05-24-17-52 at 17:52',
  `${FILE}:${READ_LINE} job deploy reads needs.build.outputs.image-tag`,
  'the log of job deploy shows IMAGE_TAG empty',
];

describe('the chain', () => {
  it('is drawn once, in order, in the terminal', async () => {
    const text = renderDiagnosis(await look({ host: codeHost() }), createStyle(false));
    const [, drawn = ''] = text.split('How it came about\n');
    STEPS.forEach((step, index) => expect(drawn).toContain(`  ${index + 1}. ${step}`));
    expect(text.split('How it came about')).toHaveLength(2);
  });

  it('is drawn in the thread, within what Slack takes', async () => {
    const diagnosis = await look({ host: codeHost() });
    const message = findings(diagnosis);
    const text = JSON.stringify(message);
    for (const step of STEPS) expect(text).toContain(step);
    expect(text).toContain(`/blob/${SHA}/${FILE}#L${READ_LINE}`);
    expect(message.blocks?.length ?? 0).toBeLessThanOrEqual(50);
  });

  it('keeps its links and both its ends in the thread, however long it is', async () => {
    const diagnosis = await look({ host: codeHost() });
    const link = `https://github.com/mycompany/api-service/blob/${SHA}/${FILE}#L9`;
    const long = [
      ...Array.from({ length: 60 }, (_, index) => `${'wörd & <more> '.repeat(90)}${index}: ${link}`),
      'the pod asks for it',
    ];
    const [first, ...rest] = diagnosis.findings;
    if (first === undefined) throw new Error('nothing was found');
    const told = { ...diagnosis, findings: [{ ...first, detail: { ...first.detail, chain: long } }, ...rest] };
    const { blocks = [] } = findings(told);
    const texts = blocks.flatMap((block) => (block.type === 'section' ? [block.text?.text ?? ''] : []));
    const text = texts.join('\n');
    for (const row of ['\n1. ', '\n5. ', '… 53 steps between', '\n59. ', '\n61. the pod asks for it'])
      expect(text).toContain(row);
    expect(text.split(`(<${link}|line 9>)`)).toHaveLength(8);
    expect(text).toContain('The fix, tried by the checker');
    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(3000);
    expect(JSON.stringify(blocks).length).toBeLessThan(12_500);
  });

  it('says the verdict in few words, each thing once in the thread', async () => {
    const diagnosis = await look({ host: codeHost() });
    const { told } = diagnosis.verdict;
    expect(told?.what.split(/\s+/).length).toBeLessThan(35);
    expect(told?.act).toBe(
      `Deploy ${PUSHED}, which exists. Then mend the pipeline: add \`build\` to the \`needs\` of \`deploy\`.`,
    );
    const text = JSON.stringify(findings(diagnosis).blocks);
    expect(text).not.toContain(told?.what);
    expect(text.match(/of an empty IMAGE_TAG/g)).toHaveLength(1);
  });

  it('is told once: the lamp says what the registry has', async () => {
    const { lightNotes, verdict } = await look({ host: codeHost() });
    expect(lightNotes.reference).toContain('exists, the tag');
    expect(lightNotes.reference).not.toContain('.github/workflows');
    expect(verdict.summary).toContain('.github/workflows');
  });

  it('ends in the fix as a diff, in the thread and in the terminal', async () => {
    const diagnosis = await look({ host: codeHost() });
    const shown = renderDiagnosis(diagnosis, createStyle(false));
    const [, diff = ''] = shown.split('The fix, tried by the checker\n');
    expect(diff).toMatch(/^ {2}--- a\/\.github\/workflows\/\S+\n {2}\+\+\+ b\//);
    expect(diff).toMatch(/\n {2}\+ +needs: \[\w+, build\]\n/);
    const text = JSON.stringify(findings(diagnosis));
    expect(text).toContain('The fix, tried by the checker');
    expect(text).toMatch(/\+ +needs: \[\w+, build\]/);
    const asked = { ...diagnosis, calls: { kubernetes: 9, registry: 3, github: 7 } };
    expect(renderDiagnosis(asked, createStyle(false))).toContain('3 registry calls, 7 GitHub calls');
  });

  it('comes out of a case file as it went in, and a secret that slipped through a log does not', async () => {
    const secret = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const leaky = `${DEPLOY_LOG}\n${log('17:54:08', `##[error]denied: token=${secret}`)}`;
    const seen: Recording[] = [];
    const world = open({ host: codeHost({ logs: { 1: BUILD_LOG, 3: leaky } }) });
    const diagnosis = await world.look((recording) => seen.push(recording));
    const [recording] = seen;
    if (recording === undefined) throw new Error('nothing was recorded');
    const text = writeCase(recording, 'test');
    expect(text).not.toContain(secret);
    const again = await replayText(text, 'case.json', [runbook]);
    expect(again.verdict).toEqual(diagnosis.verdict);
    expect(chainOf(again)).toEqual(chainOf(diagnosis));
  });
});
