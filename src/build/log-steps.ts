/** The groups that begin each step: its script, and the resolved values of its variables and inputs. */
import type { LogLine } from './log-line.ts';
import { valueWithoutSecrets, withoutSecrets } from './log-mask.ts';

/** One step's group in the log. */
export interface LogStep {
  /** What follows `Run `: the script's first line, or the action. */
  readonly title: string;
  /** Resolved values, `***` where the runner masked them. An empty string is a fact: the value was empty. */
  readonly env: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  /** ms, when the group was printed. */
  readonly at?: number;
  /** The script after its expressions were replaced by their values; its beginning. */
  readonly script?: string;
}

const MAX_STEPS = 200;
const MAX_VALUES = 200;
const MAX_VALUE = 2000;
const MAX_SCRIPT = 4000;
const ENTRY = /^ {2}([^\s:][^:]{0,199}):(?: (.*))?$/;

interface Open {
  readonly title: string;
  readonly at?: number;
  script: string;
  section: 'script' | 'inputs' | 'env';
  env: Map<string, string>;
  inputs: Map<string, string>;
  last?: { readonly map: Map<string, string>; readonly name: string };
}

export interface Steps {
  /** true: the line belongs to a group's head and is nobody's output. */
  read(line: LogLine): boolean;
  all(): readonly LogStep[];
}

export function makeSteps(): Steps {
  const done: LogStep[] = [];
  let open: Open | undefined;

  function close(): void {
    if (open && done.length < MAX_STEPS) done.push(stepOf(open));
    open = undefined;
  }

  return {
    read: (line) => {
      const group = line.continues ? undefined : /^##\[group\](.*)$/.exec(line.text)?.[1];
      if (group !== undefined) {
        close();
        const title = /^Run (.*)$/.exec(group)?.[1];
        if (title !== undefined) open = begin(title, line.at);
        // What a called workflow was given.
        if (/^ ?Inputs$/.test(group)) open = { ...begin('Inputs', line.at), section: 'inputs' };
        return true;
      }
      if (open === undefined) return false;
      if (line.text.startsWith('##[endgroup]')) close();
      else if (isOutput(open, line)) {
        close();
        return false;
      } else into(open, line);
      return true;
    },
    all: () => {
      close();
      return done;
    },
  };
}

function begin(title: string, at: number | undefined): Open {
  const when = at === undefined ? {} : { at };
  return {
    title: withoutSecrets(title.slice(0, 300)),
    ...when,
    script: '',
    section: 'script',
    env: new Map(),
    inputs: new Map(),
  };
}

/** Somebody who keeps only parts of a log has cut the group's end. */
function isOutput({ section }: Open, { at, continues, coloured, text }: LogLine): boolean {
  if (section === 'script' || at === undefined || continues || coloured) return false;
  return !/^\s|^$/.test(text) && text !== 'env:' && !text.startsWith('shell: ');
}

function into(open: Open, line: LogLine): void {
  const { text } = line;
  if (line.continues && open.last) return more(open.last, text);
  if (!line.coloured) {
    if (text.startsWith('shell: ')) {
      // What looked like a list before it was the script's own text.
      open.section = 'script';
      open.env = new Map();
      open.inputs = new Map();
      delete open.last;
      return;
    }
    if (text === 'with:' || text === 'env:') {
      open.section = text === 'env:' ? 'env' : 'inputs';
      delete open.last;
      return;
    }
    const entry = open.section === 'script' ? null : ENTRY.exec(text);
    if (entry) return keep(open, entry[1] ?? '', entry[2] ?? '');
    if (open.section !== 'script' && open.last) return more(open.last, text);
  }
  if (open.script.length < MAX_SCRIPT) open.script += `${text.slice(0, 1000)}\n`;
}

function keep(open: Open, name: string, value: string): void {
  const map = open.section === 'env' ? open.env : open.inputs;
  if (map.size >= MAX_VALUES) return;
  map.set(name, value.slice(0, MAX_VALUE));
  open.last = { map, name };
}

function more({ map, name }: NonNullable<Open['last']>, text: string): void {
  const before = map.get(name) ?? '';
  if (before.length < MAX_VALUE) map.set(name, `${before}\n${text.slice(0, MAX_VALUE)}`);
}

function stepOf({ title, at, script, env, inputs }: Open): LogStep {
  return {
    title,
    env: valuesOf(env),
    inputs: valuesOf(inputs),
    ...(at === undefined ? {} : { at }),
    ...(script === '' ? {} : { script: withoutSecrets(script.trimEnd()) }),
  };
}

function valuesOf(map: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...map].map(([name, value]) => [name, valueWithoutSecrets(name, value.trim())]));
}
