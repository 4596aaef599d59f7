/** Sentences in a narrow terminal. */
import { describe, expect, it } from '@jest/globals';
import { renderDiagnosis } from '../../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../../src/adapters/terminal/style.ts';
import { wrap } from '../../../src/adapters/terminal/wrap.ts';
import { codeHost } from '../../support/lost-tag-story.ts';
import { look } from '../../support/lost-tag-world.ts';

describe('a long sentence', () => {
  it('breaks at words, under its first word, and keeps what is longer than a line', () => {
    expect(wrap('aaa bbb ccc', 26, '  to do  ')).toBe('  to do  aaa bbb ccc');
    expect(wrap('one two three four five six', 20, '- ')).toBe('- one two three four\n  five six');
    expect(wrap(`see https://${'x'.repeat(60)} now`, 30)).toBe(`see\nhttps://${'x'.repeat(60)}\nnow`);
    expect(wrap('in a pipe it stays one line', Number.POSITIVE_INFINITY, '  ')).toBe('  in a pipe it stays one line');
  });
});

describe('a diagnosis in 80 columns', () => {
  it('says what, where, to do and who, and only commands, links and names are wider', async () => {
    const text = renderDiagnosis(await look({ host: codeHost() }), createStyle(false, 80));
    expect(text).toMatch(/\n {2}where {2}\S+, container \S+, waiting since /);
    expect(text).toMatch(/\n {2}to do {2}Deploy \S+, which exists\./);
    expect(text).toContain('Did a build push this tag?: see the verdict');
    const [head = ''] = text.split('\nThe fix');
    const wide = head
      .split('\n')
      .filter((line) => line.length > 80 && !/^ +\$ /.test(line) && /\S \S/.test(line.trim()));
    expect(wide).toEqual([]);
  });
});
