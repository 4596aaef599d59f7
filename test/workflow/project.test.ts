/** How far the reader goes: at most ten other files of a commit. */
import { expect, it } from '@jest/globals';
import { openProject } from '../../src/workflow/project.ts';

it('reads ten other files and no more, each once', () => {
  const asked: string[] = [];
  const project = openProject('.github/workflows/cd.yml', (path) => {
    asked.push(path);
    return path.endsWith('.yml') ? 'on: workflow_call\njobs: {}\n' : 'echo\n';
  });
  for (const at of Array.from({ length: 4 }).keys()) project.text(`hack/${at}.sh`);
  for (const at of Array.from({ length: 4 }).keys()) project.used(`./.github/workflows/part-${at}.yml`);
  for (const at of Array.from({ length: 4 }).keys()) project.used(`acme/ci/.github/workflows/part-${at}.yml@v1`);
  expect(project.text('hack/0.sh')).toBe('echo\n');
  expect(project.text('hack/late.sh')).toBeUndefined();
  expect(asked).toHaveLength(10);
});

it('gives up after twenty questions where nothing is there', () => {
  let asked = 0;
  const project = openProject('.github/workflows/cd.yml', () => {
    asked += 1;
    return undefined;
  });
  for (const at of Array.from({ length: 30 }).keys()) project.text(`hack/${at}.sh`);
  for (const at of Array.from({ length: 30 }).keys()) project.used(`./actions/${at}`);
  expect(asked).toBe(20);
});
