/** Why a restart is not offered stands where its button would: in the thread, and at the terminal. */
import { expect, it } from '@jest/globals';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import { noRestart } from '../../src/diagnosis/withheld.ts';
import { aDiagnosis } from './slack/samples.ts';

const why = 'registry.example.com/team/side:9 would fail now (tag-not-found)';
const diagnosis = aDiagnosis({ remedies: [], notes: ['meant deployment/api', noRestart(why)] });

it('is the last word before the commands of the thread', () => {
  const told = JSON.stringify(findings(diagnosis).blocks);
  expect(told).toContain(`No restart: ${why}`);
  expect(told.indexOf('See it yourself')).toBeGreaterThan(told.indexOf('No restart: '));
});

it('stands under what would help, apart from how the request was understood', () => {
  const text = renderDiagnosis(diagnosis, createStyle(false));
  const [before = '', after = ''] = text.split('What would help');
  expect(before).toContain('meant deployment/api');
  expect(before).not.toContain('No restart');
  expect(after).toContain(`No restart: ${why}`);
});
