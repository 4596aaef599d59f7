/** The files of one commit: the one that is checked and those that it uses. */
import type { ReadFile } from './finding.ts';
import type { Workflow } from './model.ts';
import { type Parse, readWorkflow } from './read-workflow.ts';

const MAX_FILES = 10;
/** Questions for files, with those that are not there. */
const MAX_ASKED = 20;

/** Paths are relative to the repository's root. */
export interface Project {
  /** The file that `uses: ./…` names, a called workflow or an action; or another repository's workflow, read as `owner/name/PATH`. */
  used(uses: string): Workflow | undefined;
  /** A script or a Makefile. */
  text(path: string): string | undefined;
  /** The path as the user would write it. */
  shown(path: string): string;
}

/** `file`: as given; the root is what stands before `.github/`, else its folder. Reads at most 10 other files. */
export function openProject(file: string, read: ReadFile, parse: Parse = readWorkflow): Project {
  const root = rootOf(file);
  const texts = new Map<string, string | undefined>();
  const workflows = new Map<string, Workflow | undefined>();
  let found = 0;
  const ask = (path: string) => {
    if (texts.has(path)) return texts.get(path);
    const answer = found >= MAX_FILES || texts.size >= MAX_ASKED ? undefined : read(path);
    if (answer !== undefined) found += 1;
    texts.set(path, answer);
    return answer;
  };
  const text = (path: string) => {
    const clean = normal(path);
    return clean === undefined ? undefined : ask(`${root}${clean}`);
  };
  const load = (path: string) => {
    const known = text(path);
    return known === undefined ? undefined : parse(`${root}${normal(path) ?? path}`, known);
  };
  return {
    text,
    shown: (path) => `${root}${normal(path) ?? path}`,
    used: (uses) => {
      const theirs = remoteWorkflow(uses);
      if (theirs === undefined && !uses.startsWith('./')) return undefined;
      if (!workflows.has(uses)) {
        if (workflows.size >= MAX_ASKED) return undefined;
        if (theirs !== undefined) {
          const known = ask(theirs);
          workflows.set(uses, known === undefined ? undefined : parse(theirs, known));
          return workflows.get(uses);
        }
        const isFile = /\.ya?ml$/.test(uses);
        workflows.set(uses, isFile ? load(uses) : (load(`${uses}/action.yml`) ?? load(`${uses}/action.yaml`)));
      }
      return workflows.get(uses);
    },
  };
}

/** `acme/ci/.github/workflows/build.yml@v2` -> without the ref; undefined for everything else. Who reads knows the ref. */
export function remoteWorkflow(uses: string): string | undefined {
  return /^([\w.-]+\/[\w.-]+\/\.github\/workflows\/[\w.-]+\.ya?ml)@\S+$/.exec(uses)?.[1];
}

/** A workflow of another repository calls `./…` there, not here. */
export function callsElsewhere({ file }: Workflow, uses: string): boolean {
  return uses.startsWith('./') && /^[\w.-]+\/[\w.-]+\/\.github\/workflows\//.test(file);
}

function rootOf(file: string): string {
  const unix = file.replaceAll('\\', '/');
  const at = unix.startsWith('.github/') ? 0 : unix.lastIndexOf('/.github/') + 1;
  if (unix.startsWith('.github/') || at > 0) return unix.slice(0, at);
  return unix.slice(0, unix.lastIndexOf('/') + 1);
}

/** Without `.`, `..` and doubled slashes; undefined for what leaves the repository. */
function normal(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
