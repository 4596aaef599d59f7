/** Which file of the repository a command of a script runs. */
import type { Project } from './project.ts';

/** A script or the Makefile; undefined: another program, or not there. */
export function calledFile(
  project: Project,
  call: string,
): { readonly path: string; readonly text: string } | undefined {
  const words = call.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-'));
  const [first = '', second = ''] = words;
  const paths =
    first === 'make'
      ? makefiles(call)
      : [/^(?:bash|sh|zsh|source|\.|node|python3?|ruby|pwsh)$/.test(first) ? second : first];
  for (const path of paths) {
    const clean = path
      .replace(/^["']|["']$/g, '')
      .replace(/^(?:\$\{?GITHUB_WORKSPACE\}?|\$\{\{ *github\.workspace *\}\})\//, '');
    if (clean === '' || /[$*]/.test(clean)) continue;
    const text = project.text(clean);
    if (text !== undefined) return { path: clean, text };
  }
  return undefined;
}

function makefiles(call: string): string[] {
  const folder = /\s-C\s*(\S+)/.exec(call)?.[1];
  const file = /\s-f\s*(\S+)/.exec(call)?.[1];
  const prefix = folder === undefined ? '' : `${folder}/`;
  return file === undefined ? [`${prefix}Makefile`, `${prefix}makefile`, `${prefix}GNUmakefile`] : [`${prefix}${file}`];
}
