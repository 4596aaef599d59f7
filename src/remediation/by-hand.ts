/** A pull request as a person would make it: clone, branch, edit, commit, push, open. One command a line, to be pasted. */
import { commandLine } from '../diagnosis/shell.ts';

export interface HandEdit {
  /** `owner/name`. */
  readonly repository: string;
  /** The branch that it is meant for; empty: the default branch. */
  readonly base: string;
  /** The command that changes the files, run in the repository's folder. */
  readonly edit: string;
  /** Of the commit, and by it of the pull request. */
  readonly title: string;
}

export function pullRequestByHand({ repository, base, edit, title }: HandEdit): string {
  const folder = repository.slice(repository.lastIndexOf('/') + 1);
  const branch = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-|-$/g, '');
  const clone = commandLine('gh', 'repo', 'clone', repository, ...(base === '' ? [] : ['--', '--branch', base]));
  const open = commandLine('gh', 'pr', 'create', '--fill', ...(base === '' ? [] : ['--base', base]));
  return [
    `${clone} && ${commandLine('cd', folder)} && ${commandLine('git', 'switch', '-c', branch)}`,
    edit,
    `${commandLine('git', 'commit', '-a', '-m', title)} && git push -u origin HEAD && ${open}`,
  ].join('\n');
}
